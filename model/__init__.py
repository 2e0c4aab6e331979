"""Everything about digits: from strokes to a prediction, and from data to trained weights.

Reading order: drawing, preprocess, networks, classifier for how a drawing is read; data, augment,
training, history, store for how a network comes to be; evaluate for how good it is. Nothing here knows
the page, and importing a module here never imports Keras.
"""
