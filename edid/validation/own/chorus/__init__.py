"""The rules of the historical interfaces of Chorus Pro, one file for each subject."""
