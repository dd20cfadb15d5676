"""The simulated platform: a drop box on loopback that checks and answers as public texts say platforms do."""
