using QueryStream.Streams.Graph;

namespace QueryStream.Coordinator.Jobs;

/// <summary>
/// A region of a job: vertices that exchange rows with each other, and with no others. Its tasks fail and restart together; the other regions go on.
/// Used only in turns of the job's master.
/// </summary>
/// <param name="vertices">Its vertices, in topological order.</param>
internal sealed class JobRegion(IReadOnlyList<JobVertex> vertices)
{
    public IReadOnlyList<JobVertex> Vertices { get; private set; } = vertices;

    /// <summary>Its current attempt; null before the first one.</summary>
    public RegionExecution? Execution { get; private set; }

    /// <summary>The attempt before, until its workers are told to forget it or to deploy its tasks.</summary>
    public RegionExecution? Former { get; private set; }

    /// <summary>Whether the current attempt has failed, and another one follows.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>The number of the restart that it is in, or was in last.</summary>
    public int Restart { get; private set; }

    /// <summary>Whether the delay before that restart is over.</summary>
    public bool IsDelayOver { get; set; }

    /// <summary>Whether it can restart as soon as it is known which checkpoint it restores.</summary>
    public bool IsDue => HasFailed && IsDelayOver && Execution is { HasEnded: true };

    /// <summary>Whether all of its tasks run or have finished.</summary>
    public bool HasStarted => !HasFailed && Execution is { HasStarted: true };

    /// <summary>For people: the names of its vertices.</summary>
    public string DisplayName => string.Join(", ", Vertices.Select(vertex => $"'{vertex.Name}'"));

    /// <summary>The regions of a graph: its connected components, by their first vertex.</summary>
    public static IReadOnlyList<JobRegion> Of(JobGraph graph)
    {
        int[] componentOf = [.. graph.Vertices.Select(vertex => vertex.Index)];
        foreach (JobEdge edge in graph.Edges)
        {
            int from = componentOf[edge.From.Index];
            int to = componentOf[edge.To.Index];
            for (int vertex = 0; vertex < componentOf.Length; vertex++)
            {
                componentOf[vertex] = componentOf[vertex] == Math.Max(from, to) ? Math.Min(from, to) : componentOf[vertex];
            }
        }

        return [.. graph.Vertices.GroupBy(vertex => componentOf[vertex.Index]).Select(component => new JobRegion([.. component]))];
    }

    /// <summary>Begins the next attempt.</summary>
    public void Start(RegionExecution next)
    {
        Former = Execution;
        Execution = next;
        HasFailed = false;
        IsDelayOver = false;
    }

    /// <summary>Changes the parallelism of the current attempt, whose tasks no worker knows yet.</summary>
    /// <param name="vertices">Its vertices at the other parallelism.</param>
    /// <param name="execution">The same attempt.</param>
    public void Rescale(IReadOnlyList<JobVertex> vertices, RegionExecution execution)
    {
        Vertices = vertices;
        Execution = execution;
    }

    /// <summary>The current attempt has failed, and restarts.</summary>
    /// <param name="restart">The number of the restart.</param>
    public void Fail(int restart)
    {
        HasFailed = true;
        IsDelayOver = false;
        Restart = restart;
    }

    public void ForgetFormer() => Former = null;
}
