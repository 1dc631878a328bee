using QueryStream.Core.Errors;
using QueryStream.Core.Keys;
using QueryStream.Streams.Connectors;
using QueryStream.Streams.Graph;
using QueryStream.Streams.Settings;

namespace QueryStream.Streams;

/// <summary>Collects the graph of one job. Used by one thread, during <see cref="IStreamJob.Define"/>.</summary>
public sealed class StreamBuilder
{
    private readonly List<StreamNode> _nodes = [];

    // Sources and sinks that were begun and have no format yet, with what people call them.
    private readonly Dictionary<object, string> _withoutFormat = [];

    /// <summary>Creates a builder.</summary>
    public StreamBuilder(JobSettings settings) => Settings = settings;

    /// <summary>The settings as captured at submission.</summary>
    public JobSettings Settings { get; }

    /// <summary>The number of key groups: the largest parallelism that the job can ever have. It cannot change while state is kept.</summary>
    public int KeyGroups { get; set; } = KeyGroup.DefaultCount;

    /// <summary>Adds a source.</summary>
    /// <param name="name">Its name; people see it as <c>Source: name</c>.</param>
    /// <param name="source">Where the rows come from.</param>
    /// <exception cref="JobDefinitionException">The name is empty.</exception>
    public SourceStream<T> Source<T>(string name, ISource<T> source) => new(this, Add(new SourceNode<T>($"Source: {Named(name, "A source")}", source)));

    /// <summary>Refuses empty names: people could not find by them what they are looking for, nor snapshots their state.</summary>
    /// <exception cref="JobDefinitionException">The name is empty.</exception>
    internal static string Named(string name, string what) => string.IsNullOrWhiteSpace(name)
        ? throw new JobDefinitionException($"{what} was given an empty name: name it after what it does.")
        : name;

    /// <summary>Refuses streams of two jobs.</summary>
    /// <exception cref="JobDefinitionException">They are.</exception>
    internal void CheckSame(StreamBuilder other, string what)
    {
        if (other != this)
        {
            throw new JobDefinitionException($"{what} of streams of two jobs is not possible: build both from the same StreamBuilder.");
        }
    }

    /// <summary>A source or sink was begun that exists only once it has a format.</summary>
    internal void AwaitFormat(object connector, string name) => _withoutFormat.Add(connector, name);

    /// <summary>The source or sink has its format.</summary>
    /// <exception cref="JobDefinitionException">It had one before.</exception>
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
            node.Name = Named(name, $"An operator ({node.Kind})");
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
    /// <exception cref="JobDefinitionException">The graph cannot run, or the job has thrown.</exception>
    public static StreamGraph Build(IStreamJob job, JobSettings settings)
    {
        StreamGraph graph = BuildPart(job, settings);
        return graph.Nodes.Any(node => node.IsSeenOutside)
            ? graph
            : throw new JobDefinitionException($"Job '{job.Name}' has no sink, so that nothing would come of it: end a stream with a connector's method, such as Print, ToFile or ToKafka, or with To and a sink of your own.");
    }

    /// <summary>As <see cref="Build"/>, of what need not be a whole job, for tests.</summary>
    /// <exception cref="JobDefinitionException">The graph cannot run, or the job has thrown.</exception>
    internal static StreamGraph BuildPart(IStreamJob job, JobSettings settings)
    {
        StreamBuilder builder = new(settings);
        try
        {
            job.Define(builder);
        }
        catch (Exception e) when (e is not QueryStreamException)
        {
            // The job's own code: whatever it throws is an error of its definition.
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
