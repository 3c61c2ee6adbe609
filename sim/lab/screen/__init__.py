"""What a command says in a terminal."""
