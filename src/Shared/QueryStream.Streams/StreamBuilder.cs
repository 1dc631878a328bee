using QueryStream.Core.Errors;
using QueryStream.Core.Keys;
using QueryStream.Streams.Connectors;
using QueryStream.Streams.Graph;
using QueryStream.Streams.Settings;

namespace QueryStream.Streams;

/// <summary>Builds the graph of one job. Used by one thread, during <see cref="IStreamJob.Define"/>.</summary>
public sealed class StreamBuilder
{
    private readonly List<StreamNode> _nodes = [];

    // Sources and sinks without a format yet, with their display names.
    private readonly Dictionary<object, string> _withoutFormat = [];

    /// <summary>Creates a builder.</summary>
    public StreamBuilder(JobSettings settings) => Settings = settings;

    /// <summary>The settings as captured at submission.</summary>
    public JobSettings Settings { get; }

    /// <summary>
    /// The number of key groups, which is the maximum parallelism of the job: 1 to 32,768. It cannot change while there is state. The default is 128.
    /// </summary>
    public int KeyGroups { get; set; } = KeyGroup.DefaultCount;

    /// <summary>Adds a source.</summary>
    /// <param name="name">Its name; shown as <c>Source: name</c>.</param>
    /// <param name="source">Where the rows come from.</param>
    /// <exception cref="JobDefinitionException">The name is empty.</exception>
    public SourceStream<T> Source<T>(string name, ISource<T> source) =>
        new(this, Add(new SourceNode<T>($"Source: {RequireName(name, "A source")}", source)));

    /// <summary>Throws for an empty name, by which neither people nor snapshots could find the operator.</summary>
    /// <exception cref="JobDefinitionException">The name is empty.</exception>
    internal static string RequireName(string name, string what) => string.IsNullOrWhiteSpace(name)
        ? throw new JobDefinitionException($"{what} was given an empty name: name it after what it does.")
        : name;

    /// <summary>Throws for streams of different jobs.</summary>
    /// <exception cref="JobDefinitionException">The streams belong to different jobs.</exception>
    internal void CheckSame(StreamBuilder other, string what)
    {
        if (other != this)
        {
            throw new JobDefinitionException($"{what} of streams of two jobs is not possible: build both from the same StreamBuilder.");
        }
    }

    /// <summary>Registers a source or sink that still needs a format.</summary>
    internal void AwaitFormat(object connector, string name) => _withoutFormat.Add(connector, name);

    /// <summary>Registers the format of a source or sink.</summary>
    /// <exception cref="JobDefinitionException">It already has a format.</exception>
    internal void HasFormat(object connector, string name)
    {
        if (!_withoutFormat.Remove(connector))
        {
            throw new JobDefinitionException($"{name} was given two formats: add it twice, with two names, to use both.");
        }
    }

    internal TNode Add<TNode>(TNode node, string? name)
        where TNode : StreamNode
    {
        if (name is not null)
        {
            node.Name = RequireName(name, $"An operator ({node.Kind})");
            node.HasExplicitName = true;
        }

        return Add(node);
    }

    internal TNode Add<TNode>(TNode node)
        where TNode : StreamNode
    {
        node.Index = _nodes.Count;
        _nodes.Add(node);
        return node;
    }

    /// <summary>Builds the graph of a job.</summary>
    /// <exception cref="JobDefinitionException">The graph cannot run, or the job threw.</exception>
    public static StreamGraph Build(IStreamJob job, JobSettings settings)
    {
        StreamGraph graph = BuildPart(job, settings);
        return graph.Nodes.Any(node => node.HasExternalEffect)
            ? graph
            : throw new JobDefinitionException(
                $"Job '{job.Name}' has no sink, so that nothing would come of it: "
                + "end a stream with a connector's method, such as Print, ToFile or ToKafka, or with To and a sink of your own.");
    }

    /// <summary>As <see cref="Build"/>, without requiring a sink, for tests.</summary>
    /// <exception cref="JobDefinitionException">The graph cannot run, or the job threw.</exception>
    internal static StreamGraph BuildPart(IStreamJob job, JobSettings settings)
    {
        StreamBuilder builder = new(settings);
        try
        {
            job.Define(builder);
        }
        catch (Exception e) when (e is not QueryStreamException)
        {
            // Any exception of the job's code is an error of its definition.
            throw new JobDefinitionException($"Job '{job.Name}' could not be defined: {e.GetType().Name}: {e.Message}", e);
        }

        if (builder._withoutFormat.Count > 0)
        {
            throw new JobDefinitionException(
                $"{builder._withoutFormat.Values.First()} has no format: end it with Json(), Csv(), Text(), Bytes() or Format(…).");
        }

        return StreamGraph.Create(job.Name, builder._nodes, builder.KeyGroups);
    }
}
