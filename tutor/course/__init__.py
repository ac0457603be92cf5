"""What is taught: lesson and exercise files turned into Lessons, Steps and Actions, and how an Action is carried out."""
