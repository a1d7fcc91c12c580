"""What must hold in every run, and what a run is measured by."""
