"""The figures the project promises, each measured side by side with what it is compared to."""
