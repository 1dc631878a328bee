using QueryStream.Core.Codecs;
using QueryStream.Wire;
using QueryStream.Wire.Control;

namespace QueryStream.Testing.Cluster;

/// <summary>
/// A simulated connection of a coordinator and a worker: a link in each direction that encodes and decodes its messages, as real links do.
/// </summary>
public sealed class SimulatedConnection
{
    private readonly SimulatedLink<WorkerMessage> _down;
    private readonly SimulatedLink<CoordinatorMessage> _up;
    private readonly Action<string, byte[]> _record;
    private bool _isLost;

    /// <summary>Creates an open connection.</summary>
    /// <param name="time">The simulation's clock.</param>
    /// <param name="delay">Draws the delay of a message.</param>
    /// <param name="record">Called with the direction and the bytes of each message that is sent.</param>
    public SimulatedConnection(TimeProvider time, Func<TimeSpan> delay, Action<string, byte[]> record)
    {
        _record = record;
        _down = new SimulatedLink<WorkerMessage>(time, delay, message => ToWorker(message), Break, Transmit);
        _up = new SimulatedLink<CoordinatorMessage>(time, delay, message => ToCoordinator(message), Break, Transmit);
    }

    /// <summary>The coordinator sends on it.</summary>
    public ILink<WorkerMessage> Down => _down;

    /// <summary>The worker sends on it.</summary>
    public ILink<CoordinatorMessage> Up => _up;

    /// <summary>Receives what arrives at the worker.</summary>
    public Action<WorkerMessage> ToWorker { get; set; } = static _ => { };

    /// <summary>Receives what arrives at the coordinator.</summary>
    public Action<CoordinatorMessage> ToCoordinator { get; set; } = static _ => { };

    /// <summary>What arrives at the coordinator instead of a message.</summary>
    public Func<CoordinatorMessage, CoordinatorMessage> Altered { get; init; } = static message => message;

    /// <summary>Called once, when the connection is lost. Both ends learn of it.</summary>
    public Action Lost { get; set; } = static () => { };

    /// <summary>Breaks the connection.</summary>
    public void Break()
    {
        if (_isLost)
        {
            return;
        }

        _isLost = true;
        _up.IsCut = true;
        _down.IsCut = true;
        Lost();
    }

    /// <summary>Loses the next message to the worker. None follows it, and both ends notice after a while.</summary>
    public void LoseNextToWorker() => _down.LoseNext();

    private WorkerMessage Transmit(WorkerMessage message)
    {
        byte[] bytes = BytesOf(writer => ControlFormat.Write(writer, message));
        _record($"to the worker, {message.GetType().Name}", bytes);
        return ControlFormat.ReadWorkerMessage(new CodecReader(bytes));
    }

    // A stack trace depends on what the JIT has inlined, so the record leaves it out.
    private CoordinatorMessage Transmit(CoordinatorMessage message)
    {
        message = Altered(message);
        byte[] bytes = BytesOf(writer => ControlFormat.Write(writer, message));
        CoordinatorMessage recorded = WithoutStackTraces(message);
        _record(
            $"to the coordinator, {message.GetType().Name}",
            ReferenceEquals(recorded, message) ? bytes : BytesOf(writer => ControlFormat.Write(writer, recorded)));
        return ControlFormat.ReadCoordinatorMessage(new CodecReader(bytes));
    }

    private static byte[] BytesOf(Action<CodecWriter> write)
    {
        CodecWriter writer = new();
        write(writer);
        return writer.Written.ToArray();
    }

    private static CoordinatorMessage WithoutStackTraces(CoordinatorMessage message) => message switch
    {
        TaskReport { Failure: { } failure } report => report with { Failure = failure with { Cause = WithoutStackTrace(failure.Cause)! } },
        DeploymentRefused refused => refused with { Error = WithoutStackTrace(refused.Error)! },
        _ => message,
    };

    private static ErrorInfo? WithoutStackTrace(ErrorInfo? error) =>
        error is null ? null : error with { StackTrace = "", Cause = WithoutStackTrace(error.Cause) };
}
