"""Who speaks: espeak-ng as a program of its own, Amazon Polly, and the function that both run in."""
