"""An organisation of honest size: 500 people in 40 units, three years of watches, a million incidents, written set-wise."""
