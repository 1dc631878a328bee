using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using QueryStream.Checkpoints.Storage;
using QueryStream.Coordinator;
using QueryStream.TestKit;
using QueryStream.Wire.Control;

namespace QueryStream.Testing.Cluster;

/// <summary>What a <see cref="SimulatedCluster"/> gets from the test instead of having it for itself.</summary>
public sealed record ClusterParts
{
    /// <summary>Where its actors run; null: an executor with a clock of its own.</summary>
    public SimulatedExecutor? Executor { get; init; }

    /// <summary>The storages of checkpoints; null: directories of a file system of its own.</summary>
    public IReadOnlyList<ICheckpointStorageFactory>? Storages { get; init; }

    /// <summary>The storages of checkpoints as each coordinator opens them; null: all use those of the workers, under one epoch.</summary>
    public Func<IReadOnlyList<ICheckpointStorageFactory>>? CoordinatorStorages { get; init; }

    /// <summary>The services of sources and sinks.</summary>
    public IServiceProvider Clients { get; init; } = new NoClients();

    /// <summary>Where coordinator and workers log.</summary>
    public ILoggerFactory Loggers { get; init; } = NullLoggerFactory.Instance;

    /// <summary>The options of the coordinator.</summary>
    public CoordinatorOptions Coordinator { get; init; } = new();

    /// <summary>How often a control message arrives: 0 is lost, 2 is doubled.</summary>
    public Func<object, int> Copies { get; init; } = static _ => 1;

    /// <summary>What arrives at the coordinator instead of a worker's message, for tests of what a wrong one does.</summary>
    public Func<CoordinatorMessage, CoordinatorMessage> Altered { get; init; } = static message => message;

    /// <summary>Receives a line for each message; null: nobody does.</summary>
    public Action<string>? Log { get; init; }

    private sealed class NoClients : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }
}
