"""One measure, one function, by family: a network goes in, a `Measure` comes out, nothing is changed on the way.

cohesion   how tightly the whole holds together: density, clustering, components, cores
openness   how far ties lead out of the park, the industry, the world of firms: E-I index, bridging
position   where one firm stands: degree, constraint, effective size, betweenness
brokerage  whom a firm stands between: Gould and Fernandez' roles
structure  what shape the whole has: small world, core and periphery, groups that keep to themselves
backbone   which ties are stronger than chance would make them
multiplexity  whether tied firms deal with each other in more than one way
diversity  who deals with whom by industry: mixing, assortativity, modularity
coverage   how much of what there is has been seen
value      what every measure returns
groups     how a measure is written once for the whole and for all parks at once
interval   Wilson, Poisson, jackknife
kernels    the loops, which numba compiles where there is much to do
"""
