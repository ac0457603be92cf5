"""What is taught: lesson and exercise files as Lessons, Steps and Actions, and how an Action is carried out."""
