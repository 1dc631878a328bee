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

    /// <summary>When it has last reported, in milliseconds since the epoch, which is what Flink has here; -1: it has not.</summary>
    [JsonPropertyName("timeSinceLastHeartbeat")]
    public long TimeSinceLastHeartbeat { get; init; } = -1;

    /// <summary>The number of slots.</summary>
    [JsonPropertyName("slotsNumber")]
    public int SlotsNumber { get; init; }

    /// <summary>The number of free slots.</summary>
    [JsonPropertyName("freeSlots")]
    public int FreeSlots { get; init; }

    /// <summary>What its tasks may use together.</summary>
    [JsonPropertyName("totalResource")]
    public WorkerResource TotalResource { get; init; } = new();

    /// <summary>The share of its free slots; slots share memory and processors, none is set apart.</summary>
    [JsonPropertyName("freeResource")]
    public WorkerResource FreeResource { get; init; } = new();

    /// <summary>Its machine.</summary>
    [JsonPropertyName("hardware")]
    public WorkerHardware Hardware { get; init; } = new();

    /// <summary>Its memory.</summary>
    [JsonPropertyName("memoryConfiguration")]
    public WorkerMemory MemoryConfiguration { get; init; } = new();

    /// <summary>Its slots that jobs hold; left out in the list of workers.</summary>
    [JsonPropertyName("allocatedSlots")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<AllocatedSlotDetails>? AllocatedSlots { get; init; }

    /// <summary>What its process uses; left out in the list of workers.</summary>
    [JsonPropertyName("metrics")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public WorkerMetrics? Metrics { get; init; }

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

/// <summary>A slot that a job holds.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Resource">Its share of what the worker may use.</param>
public sealed record AllocatedSlotDetails(
    [property: JsonPropertyName("jobId")] string JobId, [property: JsonPropertyName("resource")] WorkerResource Resource);

/// <summary>What the process of a worker uses, in bytes. Flink's figures of memory that .NET has not are left out, see docs/rest.md.</summary>
public sealed record WorkerMetrics
{
    /// <summary>The managed heap.</summary>
    [JsonPropertyName("heapUsed")]
    public long HeapUsed { get; init; }

    /// <summary>What the collector has taken from the system.</summary>
    [JsonPropertyName("heapCommitted")]
    public long HeapCommitted { get; init; }

    /// <summary>What it may take.</summary>
    [JsonPropertyName("heapMax")]
    public long HeapMax { get; init; }

    /// <summary>Collections by generation.</summary>
    [JsonPropertyName("garbageCollectors")]
    public IReadOnlyList<CollectorDetails> Collectors { get; init; } = [];

    /// <summary>Ours: resident memory of the process.</summary>
    [JsonPropertyName("workingSet")]
    public long WorkingSet { get; init; }

    /// <summary>Ours: the part of its processors that it uses, 0 to 1.</summary>
    [JsonPropertyName("cpuLoad")]
    public double CpuLoad { get; init; }

    /// <summary>Ours: its threads.</summary>
    [JsonPropertyName("threads")]
    public int Threads { get; init; }
}

/// <summary>A garbage collector, or a generation.</summary>
/// <param name="Name">All, Gen0, Gen1, Gen2.</param>
/// <param name="Count">How many collections there were; those of a higher generation count in the lower ones too.</param>
/// <param name="Time">How long they have stopped all threads, in milliseconds; -1: not known by generation.</param>
public sealed record CollectorDetails(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("count")] long Count,
    [property: JsonPropertyName("time")] long Time);

/// <summary>Resources of a worker, or of a slot, in MiB. What is not known, or does not exist here, is -1.</summary>
public sealed record WorkerResource
{
    /// <summary>Processors.</summary>
    [JsonPropertyName("cpuCores")]
    public double CpuCores { get; init; } = -1;

    /// <summary>What the managed heap may take.</summary>
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
    /// <summary>Processors.</summary>
    [JsonPropertyName("cpuCores")]
    public int CpuCores { get; init; } = -1;

    /// <summary>Its memory.</summary>
    [JsonPropertyName("physicalMemory")]
    public long PhysicalMemory { get; init; } = -1;

    /// <summary>What the managed heap may take, which is what Flink has here.</summary>
    [JsonPropertyName("freeMemory")]
    public long FreeMemory { get; init; } = -1;

    /// <summary>Not known.</summary>
    [JsonPropertyName("managedMemory")]
    public long ManagedMemory { get; init; } = -1;
}

/// <summary>The memory of a worker by purpose, in bytes. What does not exist here is -1: the heap is not divided.</summary>
public sealed record WorkerMemory
{
    /// <summary>Not known.</summary>
    [JsonPropertyName("frameworkHeap")]
    public long FrameworkHeap { get; init; } = -1;

    /// <summary>What the managed heap may take.</summary>
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

    /// <summary>The same: no other limit is known.</summary>
    [JsonPropertyName("totalProcessMemory")]
    public long TotalProcessMemory { get; init; } = -1;
}
