using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Core.Time;
using QueryStream.Streams.Settings;

namespace QueryStream.Worker;

/// <summary>The options of a worker.</summary>
public sealed record WorkerOptions : IValidatedSettings
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "QueryStream:Worker";

    /// <summary>The maximum of <see cref="Slots"/>.</summary>
    public const int MaxSlots = 1_024;

    /// <summary>Creates the default options.</summary>
    public WorkerOptions()
    {
    }

    /// <summary>Creates options with a name and a number of slots.</summary>
    public WorkerOptions(WorkerId worker, int slots)
    {
        Name = worker.Name;
        Slots = slots;
    }

    /// <summary>The worker's name, unique in the cluster.</summary>
    [Setting(nameof(Name), "the worker's name, unique in the cluster")]
    public string Name { get; init; } = Environment.MachineName;

    /// <summary>The number of task slots, 1 to 1024.</summary>
    [Setting(nameof(Slots), "how many task slots it offers, 1 to 1024")]
    public int Slots { get; init; } = 2;

    /// <summary>
    /// The bytes that the channels which begin in this worker should have in flight, at least 0. It is divided among them; each may have 256 KiB to
    /// 1 MiB. 0: 1 MiB for each.
    /// </summary>
    [Setting(nameof(ChannelMemory), "how many bytes the channels from this worker share, 256 KiB to 1 MiB for each; 0: 1 MiB for each")]
    public long ChannelMemory { get; init; }

    /// <summary>
    /// How many bytes of the tasks' stored state the worker keeps in memory, at least 0. Tasks that restart in this worker read it from there instead
    /// of the store. 0: none.
    /// </summary>
    [Setting(nameof(LocalState), "how many bytes of stored state the worker keeps, from which its tasks restart without reading the store; 0: none")]
    public long LocalState { get; init; } = 32 * 1024 * 1024;

    /// <summary>The interval of metrics reports, 10 ms to 1 h.</summary>
    [Setting(nameof(MetricsInterval), "how often running tasks report their metrics, 10ms to 1h")]
    public TimeSpan MetricsInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Where the process serves HTTP, as the coordinator reaches it; empty: nowhere.</summary>
    [Setting(nameof(HttpAddress), "where the worker serves HTTP, as the coordinator reaches it: http://HOST:PORT; empty: nowhere")]
    public string HttpAddress { get; init; } = "";

    /// <summary>The worker's identity.</summary>
    public WorkerId Worker => new(Name);

    /// <inheritdoc/>
    public void Validate()
    {
        if (string.IsNullOrWhiteSpace(Name))
        {
            throw new SettingException(nameof(Name), $"'{Name}' is blank. Give a name that no other worker of the cluster has.");
        }

        if (Slots is < 1 or > MaxSlots)
        {
            throw new SettingException(nameof(Slots), $"{Slots} is not allowed for {Worker}. Allowed: 1 to {MaxSlots}.");
        }

        if (ChannelMemory < 0)
        {
            throw new SettingException(nameof(ChannelMemory), $"{ChannelMemory} is not allowed. Allowed: 0 or more.");
        }

        if (LocalState < 0)
        {
            throw new SettingException(nameof(LocalState), $"{LocalState} is not allowed. Allowed: 0 or more.");
        }

        if (HttpAddress.Length > 0 && !(Uri.TryCreate(HttpAddress, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https"))
        {
            throw new SettingException(nameof(HttpAddress), $"'{HttpAddress}' is no address. Write http://HOST:PORT.");
        }

        if (MetricsInterval < TimeSpan.FromMilliseconds(10) || MetricsInterval > TimeSpan.FromHours(1))
        {
            throw new SettingException(nameof(MetricsInterval), $"{Durations.Format(MetricsInterval)} is not allowed. Allowed: 10ms to 1h.");
        }
    }
}
