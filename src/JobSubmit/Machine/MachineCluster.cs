using System.Text.Json.Serialization;

namespace QueryStream.JobSubmit.Machine;

/// <summary>The cluster that <c>cluster start</c> has started on this machine.</summary>
/// <param name="Coordinator">Where its coordinator serves HTTP, HOST:PORT.</param>
/// <param name="Processes">The processes: the coordinator, then the workers.</param>
internal sealed record MachineCluster(string Coordinator, IReadOnlyList<MachineProcess> Processes)
{
    /// <summary>Whether its coordinator runs.</summary>
    [JsonIgnore]
    public bool IsRunning => Processes.Count > 0 && Processes[0].Identity.IsAlive;
}

/// <summary>One process.</summary>
/// <param name="Name">coordinator, or the name of a worker.</param>
/// <param name="Identity">The process.</param>
/// <param name="Log">The file that it logs to.</param>
internal sealed record MachineProcess(string Name, ProcessIdentity Identity, string Log);

/// <summary>Reads and writes it.</summary>
[JsonSourceGenerationOptions(WriteIndented = true)]
[JsonSerializable(typeof(MachineCluster))]
internal sealed partial class MachineJson : JsonSerializerContext;
