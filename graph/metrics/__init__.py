"""One measure, one function, by family: a network goes in, a `Measure` comes out, nothing is changed on the way.

cohesion   how tightly the whole holds together: density, clustering, components, cores
openness   how far ties lead out of the park, the industry, the world of firms: E-I index, bridging
position   where one firm stands: degree, constraint, effective size, betweenness
diversity  who deals with whom by industry: mixing, assortativity, modularity
coverage   how much of what there is has been seen
value      what every measure returns
"""
