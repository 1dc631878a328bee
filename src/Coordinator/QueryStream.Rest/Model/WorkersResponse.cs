using System.Text.Json.Serialization;

namespace QueryStream.Rest.Model;

/// <summary><c>GET /taskmanagers</c>: the workers.</summary>
/// <param name="Workers">The workers, sorted by name.</param>
public sealed record WorkersResponse([property: JsonPropertyName("taskmanagers")] IReadOnlyList<WorkerDetails> Workers);

/// <summary>A worker. What the coordinator does not know of it is -1.</summary>
public sealed record WorkerDetails
{
    /// <summary>Its name.</summary>
    [JsonPropertyName("id")]
    public string Id { get; init; } = "";

    /// <summary>Where other workers reach it, HOST:PORT; its name, if only tasks of its own process do.</summary>
    [JsonPropertyName("path")]
    public string Path { get; init; } = "";

    /// <summary>The port of that address; -1: it has none.</summary>
    [JsonPropertyName("dataPort")]
    public int DataPort { get; init; } = -1;

    /// <summary>Always -1.</summary>
    [JsonPropertyName("jmxPort")]
    public int JmxPort { get; init; } = -1;

    /// <summary>Not known.</summary>
    [JsonPropertyName("timeSinceLastHeartbeat")]
    public long TimeSinceLastHeartbeat { get; init; } = -1;

    /// <summary>The number of slots.</summary>
    [JsonPropertyName("slotsNumber")]
    public int SlotsNumber { get; init; }

    /// <summary>The number of free slots.</summary>
    [JsonPropertyName("freeSlots")]
    public int FreeSlots { get; init; }

    /// <summary>Not known.</summary>
    [JsonPropertyName("totalResource")]
    public WorkerResource TotalResource { get; init; } = new();

    /// <summary>Not known.</summary>
    [JsonPropertyName("freeResource")]
    public WorkerResource FreeResource { get; init; } = new();

    /// <summary>Not known.</summary>
    [JsonPropertyName("hardware")]
    public WorkerHardware Hardware { get; init; } = new();

    /// <summary>Not known: there is no division of the memory.</summary>
    [JsonPropertyName("memoryConfiguration")]
    public WorkerMemory MemoryConfiguration { get; init; } = new();

    /// <summary>What runs in it: ours.</summary>
    [JsonPropertyName("querystream")]
    public WorkerUse Use { get; init; } = new();
}

/// <summary>What runs in a worker: ours.</summary>
public sealed record WorkerUse
{
    /// <summary>The ids of the jobs that hold its slots.</summary>
    [JsonPropertyName("jobs")]
    public IReadOnlyList<string> Jobs { get; init; } = [];

    /// <summary>The number of tasks in its slots that have not ended.</summary>
    [JsonPropertyName("tasks")]
    public int Tasks { get; init; }
}

/// <summary>Resources of a worker, in MiB.</summary>
public sealed record WorkerResource
{
    /// <summary>Not known.</summary>
    [JsonPropertyName("cpuCores")]
    public double CpuCores { get; init; } = -1;

    /// <summary>Not known.</summary>
    [JsonPropertyName("taskHeapMemory")]
    public long TaskHeapMemory { get; init; } = -1;

    /// <summary>Not known.</summary>
    [JsonPropertyName("taskOffHeapMemory")]
    public long TaskOffHeapMemory { get; init; } = -1;

    /// <summary>Not known.</summary>
    [JsonPropertyName("managedMemory")]
    public long ManagedMemory { get; init; } = -1;

    /// <summary>Not known.</summary>
    [JsonPropertyName("networkMemory")]
    public long NetworkMemory { get; init; } = -1;

    /// <summary>Always empty.</summary>
    [JsonPropertyName("extendedResources")]
    public EmptyResponse ExtendedResources { get; init; } = new();
}

/// <summary>The machine of a worker, in bytes.</summary>
public sealed record WorkerHardware
{
    /// <summary>Not known.</summary>
    [JsonPropertyName("cpuCores")]
    public int CpuCores { get; init; } = -1;

    /// <summary>Not known.</summary>
    [JsonPropertyName("physicalMemory")]
    public long PhysicalMemory { get; init; } = -1;

    /// <summary>Not known.</summary>
    [JsonPropertyName("freeMemory")]
    public long FreeMemory { get; init; } = -1;

    /// <summary>Not known.</summary>
    [JsonPropertyName("managedMemory")]
    public long ManagedMemory { get; init; } = -1;
}

/// <summary>The memory of a worker by purpose, in bytes.</summary>
public sealed record WorkerMemory
{
    /// <summary>Not known.</summary>
    [JsonPropertyName("frameworkHeap")]
    public long FrameworkHeap { get; init; } = -1;

    /// <summary>Not known.</summary>
    [JsonPropertyName("taskHeap")]
    public long TaskHeap { get; init; } = -1;

    /// <summary>Not known.</summary>
    [JsonPropertyName("frameworkOffHeap")]
    public long FrameworkOffHeap { get; init; } = -1;

    /// <summary>Not known.</summary>
    [JsonPropertyName("taskOffHeap")]
    public long TaskOffHeap { get; init; } = -1;

    /// <summary>Not known.</summary>
    [JsonPropertyName("networkMemory")]
    public long NetworkMemory { get; init; } = -1;

    /// <summary>Not known.</summary>
    [JsonPropertyName("managedMemory")]
    public long ManagedMemory { get; init; } = -1;

    /// <summary>Not known.</summary>
    [JsonPropertyName("jvmMetaspace")]
    public long JvmMetaspace { get; init; } = -1;

    /// <summary>Not known.</summary>
    [JsonPropertyName("jvmOverhead")]
    public long JvmOverhead { get; init; } = -1;

    /// <summary>Not known.</summary>
    [JsonPropertyName("totalFlinkMemory")]
    public long TotalFlinkMemory { get; init; } = -1;

    /// <summary>Not known.</summary>
    [JsonPropertyName("totalProcessMemory")]
    public long TotalProcessMemory { get; init; } = -1;
}
