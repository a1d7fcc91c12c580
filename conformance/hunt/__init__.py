"""
Find the smallest sequence of events that breaks an invariant, or show that there is none within the bounds.

The books are those of the world itself, asked over its entry point; what is searched here are the ways in which
shoppers, imports, the connector's reads and the messages on their way can come between each other.
"""
