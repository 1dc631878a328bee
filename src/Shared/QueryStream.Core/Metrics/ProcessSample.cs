namespace QueryStream.Core.Metrics;

/// <summary>What a process uses, at one moment. Sizes in bytes.</summary>
public sealed record ProcessSample
{
    /// <summary>Processors that it may use.</summary>
    public int Processors { get; init; }

    /// <summary>The CPU time of all its threads since it started.</summary>
    public TimeSpan CpuTime { get; init; }

    /// <summary>The part of its processors that it has used since the sample before, 0 to 1; 0 in the first one.</summary>
    public double CpuLoad { get; init; }

    /// <summary>Resident memory.</summary>
    public long WorkingSet { get; init; }

    /// <summary>Objects on the managed heap, those that are not collected yet included.</summary>
    public long HeapUsed { get; init; }

    /// <summary>What the collector has taken from the system.</summary>
    public long HeapCommitted { get; init; }

    /// <summary>What the collector may use: its limit, or that of the container or machine.</summary>
    public long HeapLimit { get; init; }

    /// <summary>The memory of the machine, or the limit of the container.</summary>
    public long MachineMemory { get; init; }

    /// <summary>Collections so far, of generation 0, 1 and 2; those of a higher one count in the lower ones too.</summary>
    public IReadOnlyList<long> Collections { get; init; } = [];

    /// <summary>How long the collector has stopped all threads so far.</summary>
    public TimeSpan CollectionPauses { get; init; }

    /// <summary>Bytes allocated so far.</summary>
    public long Allocated { get; init; }

    /// <summary>Threads of the operating system.</summary>
    public int Threads { get; init; }

    /// <summary>Loaded assemblies.</summary>
    public int Assemblies { get; init; }
}
