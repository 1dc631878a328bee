using System.Globalization;
using QueryStream.Core.Identity;

namespace QueryStream.Wire.Control;

/// <summary>A message from a worker to the coordinator. The connection identifies the worker.</summary>
public abstract record CoordinatorMessage;

/// <summary>The first message on a connection. The coordinator answers with <see cref="WorkerRegistered"/>.</summary>
/// <param name="Worker">The worker. Its new connection replaces an older one under the same name.</param>
/// <param name="Slots">How many slots it has.</param>
/// <param name="Attempts">The attempts of which it still has tasks from an earlier connection.</param>
public sealed record RegisterWorker(WorkerId Worker, int Slots, IReadOnlyList<JobAttempt> Attempts) : CoordinatorMessage
{
    /// <summary>Where other workers connect to it; null: only tasks of its own process reach it.</summary>
    public WorkerAddress? Address { get; init; }

    /// <summary>Where it serves HTTP, as the coordinator reaches it; null: nowhere.</summary>
    public string? HttpAddress { get; init; }
}

/// <summary>The worker is about to leave: its tasks are to move to other workers, and it gets no new ones.</summary>
public sealed record WorkerLeaving : CoordinatorMessage;

/// <summary>Where the data plane of a worker listens, as other machines reach it.</summary>
/// <param name="Host">A host name or an IP address.</param>
/// <param name="Port">The TCP port.</param>
public sealed record WorkerAddress(string Host, int Port)
{
    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}");
}

/// <summary>One attempt of one job.</summary>
/// <param name="Job">The job.</param>
/// <param name="Attempt">The attempt.</param>
public readonly record struct JobAttempt(JobId Job, Attempt Attempt);

/// <summary>A report of a worker about one job. The coordinator ignores reports of other attempts than the current one.</summary>
/// <param name="Job">The job.</param>
/// <param name="Attempt">The attempt.</param>
public abstract record JobReport(JobId Job, Attempt Attempt) : CoordinatorMessage;
