"""The demonstration set: two invented Pays, written through the same services as the real ones, at the dates they tell.

The texts are in fixtures/demonstration/. Same seed, same data; every date is counted back from the day of loading.
"""
