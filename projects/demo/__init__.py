"""A made-up program in Michigan to try Milepost with. Counties are real; people, places and dates are invented."""
