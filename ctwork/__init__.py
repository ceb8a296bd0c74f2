"""ctwork: the terminal forensics workbench for AWS CloudTrail."""

__version__ = "0.1.0"
