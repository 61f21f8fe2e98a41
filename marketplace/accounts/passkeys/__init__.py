"""The passkeys that people sign in with. A challenge that was answered is used up."""
