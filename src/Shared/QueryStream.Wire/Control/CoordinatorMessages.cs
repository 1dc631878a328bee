using System.Globalization;
using QueryStream.Checkpoints.Snapshots;
using QueryStream.Core.Identity;
using QueryStream.Core.Metrics;

namespace QueryStream.Wire.Control;

/// <summary>A message from a worker to the coordinator. The connection identifies the worker.</summary>
public abstract record CoordinatorMessage;

/// <summary>The first message on a connection. The coordinator answers with <see cref="WorkerRegistered"/>.</summary>
/// <param name="Worker">The worker. Its new connection replaces an older one under the same name.</param>
/// <param name="Slots">How many slots it has.</param>
/// <param name="Held">
/// What it still holds from an earlier connection, in the order of deployment. The coordinator takes it over with <see cref="AdoptTasks"/>, or ends
/// it.
/// </param>
public sealed record RegisterWorker(WorkerId Worker, int Slots, IReadOnlyList<HeldTasks> Held) : CoordinatorMessage
{
    /// <summary>Where other workers connect to it; null: only tasks of its own process reach it.</summary>
    public WorkerAddress? Address { get; init; }

    /// <summary>Where it serves HTTP, as the coordinator reaches it; null: nowhere.</summary>
    public string? HttpAddress { get; init; }
}

/// <summary>The worker is about to leave: its tasks are to move to other workers, and it gets no new ones.</summary>
public sealed record WorkerLeaving : CoordinatorMessage;

/// <summary>What the worker's process uses. Sent every few seconds.</summary>
/// <param name="Sample">The figures.</param>
public sealed record ProcessReport(ProcessSample Sample) : CoordinatorMessage;

/// <summary>Where the data plane of a worker listens, as other machines reach it.</summary>
/// <param name="Host">A host name or an IP address.</param>
/// <param name="Port">The TCP port.</param>
public sealed record WorkerAddress(string Host, int Port)
{
    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}");
}

/// <summary>The tasks of one attempt of a region that a worker holds.</summary>
/// <param name="Job">The job.</param>
/// <param name="Attempt">The attempt.</param>
/// <param name="Parallelism">The parallelism of the plan from which they were deployed.</param>
/// <param name="Fingerprint">The fingerprint of their graph.</param>
public sealed record HeldTasks(JobId Job, Attempt Attempt, int Parallelism, string Fingerprint)
{
    /// <summary>The tasks that are placed on the worker.</summary>
    public IReadOnlyList<HeldTask> Tasks { get; init; } = [];

    /// <summary>The last checkpoint that was triggered; 0: none. Its outcome, and that of the one before it, may be unknown to the worker.</summary>
    public CheckpointId LastCheckpoint { get; init; }

    /// <summary>Whether sources were told to end event time at a savepoint: then windows have fired early, and the tasks must not read on.</summary>
    public bool IsDrained { get; init; }

    /// <summary>The attempt of the region whose tasks they are, where they have moved; null: it is theirs.</summary>
    public Attempt? Region { get; init; }

    /// <summary>Whether tasks of the region were moving: then some of them may have stopped, or run twice.</summary>
    public bool IsMoving { get; init; }
}

/// <summary>A task that a worker holds.</summary>
/// <param name="Placement">Where it is.</param>
/// <param name="State">Its state: that of the region, as long as the task has not begun.</param>
/// <param name="Final">Its final snapshot, where it has reported one: it is part of all later checkpoints.</param>
public sealed record HeldTask(TaskPlacement Placement, ExecutionState State, TaskSnapshot? Final);

/// <summary>A report of a worker about one job. The coordinator ignores reports of other attempts than the current one.</summary>
/// <param name="Job">The job.</param>
/// <param name="Attempt">The attempt.</param>
public abstract record JobReport(JobId Job, Attempt Attempt) : CoordinatorMessage;
