"""Everything about digits: from strokes to a prediction, and from data to trained weights.

How a drawing is read: drawing, preprocess, networks, classifier. How a network is trained: datasets, splits,
augment, recipes, state, training, run, store. How good it is: evaluate. Importing a module here imports
neither Keras nor ui; only a command line's `main` imports ui.text, for its words.
"""
