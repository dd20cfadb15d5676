"""Lifecycle messages that we write: CDAR for the platforms of the reform, CPPStatut for Chorus Pro."""
