"""The viewer's seat: accounts that are played, by a script or by a person."""
