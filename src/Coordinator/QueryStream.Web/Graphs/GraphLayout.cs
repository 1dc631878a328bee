namespace QueryStream.Web.Graphs;

/// <summary>
/// Places the vertices of an acyclic graph in layers from left to right, so that edges lead to the right and few of them cross: the longest path
/// gives the layer, edges over several layers get a dummy in each one between, and sweeps put each vertex at the barycenter of its neighbours. The
/// same graph always gets the same layout. Immutable.
/// </summary>
public sealed class GraphLayout
{
    private const int Sweeps = 8;

    private readonly List<Node> _nodes = [];
    private readonly List<List<Node>> _layers = [];

    private GraphLayout(int vertices, IReadOnlyList<(int From, int To)> edges, LayoutSize size)
    {
        AddVertices(vertices, edges);
        List<Node>[] chains = [.. edges.Select(AddEdge)];
        Order();
        Place(size);
        Places = [.. _nodes.Take(vertices).Select(node => new LayoutPlace(node.Layer * (size.VertexWidth + size.LayerGap), node.Y))];
        Routes = [.. chains.Select(chain => RouteOf(chain, size))];
        Width = Math.Max(0, (_layers.Count * (size.VertexWidth + size.LayerGap)) - size.LayerGap);
        Height = _nodes.Select(node => node.Y + size.VertexHeight).DefaultIfEmpty(0).Max();
        Layers = _layers.Count;
    }

    /// <summary>The upper left corners of the vertices.</summary>
    public IReadOnlyList<LayoutPlace> Places { get; }

    /// <summary>The points of each edge, from the right side of one vertex to the left side of another.</summary>
    public IReadOnlyList<IReadOnlyList<LayoutPlace>> Routes { get; }

    /// <summary>The number of layers.</summary>
    public int Layers { get; }

    /// <summary>The width of everything.</summary>
    public double Width { get; }

    /// <summary>The height of everything.</summary>
    public double Height { get; }

    /// <summary>Places a graph.</summary>
    /// <param name="vertices">How many vertices there are.</param>
    /// <param name="edges">The edges, each from a vertex to one with a higher number.</param>
    /// <param name="size">The sizes of what is placed.</param>
    /// <exception cref="ArgumentException">An edge does not lead to a higher number.</exception>
    public static GraphLayout Create(int vertices, IReadOnlyList<(int From, int To)> edges, LayoutSize size)
    {
        foreach ((int from, int to) in edges)
        {
            if (from < 0 || from >= to || to >= vertices)
            {
                throw new ArgumentException($"The edge from {from} to {to} does not lead to a higher one of {vertices} vertices.", nameof(edges));
            }
        }

        return new GraphLayout(vertices, edges, size);
    }

    // The numbers of vertices are a topological order.
    private void AddVertices(int vertices, IReadOnlyList<(int From, int To)> edges)
    {
        int[] layer = new int[vertices];
        ILookup<int, int> into = edges.ToLookup(edge => edge.To, edge => edge.From);
        for (int vertex = 0; vertex < vertices; vertex++)
        {
            layer[vertex] = into[vertex].Select(from => layer[from] + 1).DefaultIfEmpty(0).Max();
        }

        // A source stands beside what it feeds, not at the far left, so that its edges are short.
        ILookup<int, int> outOf = edges.ToLookup(edge => edge.From, edge => edge.To);
        for (int vertex = vertices - 1; vertex >= 0; vertex--)
        {
            if (!into[vertex].Any() && outOf[vertex].Any())
            {
                layer[vertex] = outOf[vertex].Min(to => layer[to]) - 1;
            }
        }

        for (int vertex = 0; vertex < vertices; vertex++)
        {
            AddNode(layer[vertex], isDummy: false);
        }
    }

    private Node AddNode(int layer, bool isDummy)
    {
        while (_layers.Count <= layer)
        {
            _layers.Add([]);
        }

        Node node = new(layer, isDummy) { Order = _layers[layer].Count };
        _nodes.Add(node);
        _layers[layer].Add(node);
        return node;
    }

    private List<Node> AddEdge((int From, int To) edge)
    {
        List<Node> chain = [_nodes[edge.From]];
        for (int layer = _nodes[edge.From].Layer + 1; layer < _nodes[edge.To].Layer; layer++)
        {
            chain.Add(AddNode(layer, isDummy: true));
        }

        chain.Add(_nodes[edge.To]);
        for (int i = 1; i < chain.Count; i++)
        {
            chain[i - 1].Right.Add(chain[i]);
            chain[i].Left.Add(chain[i - 1]);
        }

        return chain;
    }

    // Sweeps to the right and to the left in turn; the order with the fewest crossings wins.
    private void Order()
    {
        int[] best = [.. _nodes.Select(node => node.Order)];
        long fewest = Crossings();
        for (int sweep = 0; sweep < Sweeps && fewest > 0; sweep++)
        {
            bool toRight = sweep % 2 == 0;
            foreach (List<Node> layer in toRight ? _layers : Enumerable.Reverse(_layers))
            {
                SortLayer(layer, node => toRight ? node.Left : node.Right);
            }

            long crossings = Crossings();
            if (crossings < fewest)
            {
                fewest = crossings;
                best = [.. _nodes.Select(node => node.Order)];
            }
        }

        for (int i = 0; i < best.Length; i++)
        {
            _nodes[i].Order = best[i];
        }

        foreach (List<Node> layer in _layers)
        {
            layer.Sort((a, b) => a.Order.CompareTo(b.Order));
        }
    }

    private static void SortLayer(List<Node> layer, Func<Node, List<Node>> neighbours)
    {
        Node[] sorted = [.. layer.OrderBy(node => neighbours(node) is { Count: > 0 } list ? list.Average(other => other.Order) : node.Order)];
        layer.Clear();
        layer.AddRange(sorted);
        for (int i = 0; i < sorted.Length; i++)
        {
            sorted[i].Order = i;
        }
    }

    /// <summary>How often edges cross in the present order.</summary>
    private long Crossings()
    {
        long crossings = 0;
        foreach (List<Node> layer in _layers)
        {
            (int From, int To)[] edges = [.. layer.SelectMany(node => node.Right.Select(to => (node.Order, to.Order)))];
            for (int i = 0; i < edges.Length; i++)
            {
                for (int j = i + 1; j < edges.Length; j++)
                {
                    crossings += (edges[i].From - edges[j].From) * (long)(edges[i].To - edges[j].To) < 0 ? 1 : 0;
                }
            }
        }

        return crossings;
    }

    // Each node at the mean height of its neighbours, as far as those above it in its layer leave room.
    private void Place(LayoutSize size)
    {
        foreach (List<Node> layer in _layers)
        {
            double y = 0;
            foreach (Node node in layer)
            {
                node.Y = y;
                y += HeightOf(node, size) + size.VertexGap;
            }
        }

        for (int sweep = 0; sweep < Sweeps; sweep++)
        {
            bool toRight = sweep % 2 == 0;
            foreach (List<Node> layer in toRight ? _layers : Enumerable.Reverse(_layers))
            {
                PlaceLayer(layer, node => toRight ? node.Left : node.Right, size);
            }
        }

        double top = _nodes.Select(node => node.Y).DefaultIfEmpty(0).Min();
        foreach (Node node in _nodes)
        {
            node.Y -= top;
        }
    }

    private static void PlaceLayer(List<Node> layer, Func<Node, List<Node>> neighbours, LayoutSize size)
    {
        double[] wanted = [.. layer.Select(node => neighbours(node) is { Count: > 0 } list
            ? list.Average(other => other.Y + (HeightOf(other, size) / 2)) - (HeightOf(node, size) / 2)
            : node.Y)];
        double above = double.NegativeInfinity;
        for (int i = 0; i < layer.Count; i++)
        {
            layer[i].Y = Math.Max(wanted[i], above);
            above = layer[i].Y + HeightOf(layer[i], size) + size.VertexGap;
        }

        // What was pushed down as a whole goes up by the mean, so that it stays in the middle of what it wants.
        double pushed = layer.Select((node, i) => node.Y - wanted[i]).Average();
        foreach (Node node in layer)
        {
            node.Y -= pushed;
        }
    }

    private static double HeightOf(Node node, LayoutSize size) => node.IsDummy ? 0 : size.VertexHeight;

    private static LayoutPlace[] RouteOf(List<Node> chain, LayoutSize size)
    {
        List<LayoutPlace> points = [];
        for (int i = 0; i < chain.Count; i++)
        {
            double left = chain[i].Layer * (size.VertexWidth + size.LayerGap);
            double middle = chain[i].Y + (HeightOf(chain[i], size) / 2);
            if (i > 0)
            {
                points.Add(new LayoutPlace(left, middle));
            }

            if (i < chain.Count - 1)
            {
                points.Add(new LayoutPlace(left + size.VertexWidth, middle));
            }
        }

        return [.. points];
    }

    private sealed class Node(int layer, bool isDummy)
    {
        public int Layer => layer;

        public bool IsDummy => isDummy;

        public int Order { get; set; }

        public double Y { get; set; }

        public List<Node> Left { get; } = [];

        public List<Node> Right { get; } = [];
    }
}

/// <summary>A point.</summary>
/// <param name="X">From the left.</param>
/// <param name="Y">From the top.</param>
public readonly record struct LayoutPlace(double X, double Y);

/// <summary>The sizes of what is placed.</summary>
/// <param name="VertexWidth">The width of a vertex.</param>
/// <param name="VertexHeight">The height of a vertex.</param>
/// <param name="LayerGap">The room between layers.</param>
/// <param name="VertexGap">The room between vertices of a layer.</param>
public sealed record LayoutSize(double VertexWidth, double VertexHeight, double LayerGap, double VertexGap);
