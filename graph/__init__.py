"""What we know, what can be measured and what can be asked. Imports nothing of ours from outside."""
