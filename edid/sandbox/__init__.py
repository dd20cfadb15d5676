"""The simulated platform: an SFTP drop box on loopback that checks and answers as Chorus Pro does."""
