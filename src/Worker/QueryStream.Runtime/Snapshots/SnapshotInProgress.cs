using QueryStream.Checkpoints.Chunks;
using QueryStream.Checkpoints.Snapshots;
using QueryStream.Core.Identity;
using QueryStream.Core.Time;

namespace QueryStream.Runtime.Snapshots;

/// <summary>
/// One task's part of a checkpoint. First each operator captures its state when the barrier passes it; then the captures are written while the task
/// goes on. Used in turns of the task, except <see cref="WriteAsync"/>.
/// </summary>
/// <param name="checkpoint">The barrier's checkpoint.</param>
internal sealed class SnapshotInProgress(CheckpointId checkpoint)
{
    // In the order in which the barrier passed the operators.
    private readonly OrderedDictionary<IStatefulOperator, StateCapture> _captures = [];
    private readonly CancellationTokenSource _abort = new();

    /// <summary>The barrier's checkpoint.</summary>
    public CheckpointId Checkpoint { get; } = checkpoint;

    /// <summary>The task's watermark when the barrier had passed it.</summary>
    public EventTime Watermark { get; set; }

    /// <summary>How long its parts took, and when the barrier had passed all operators.</summary>
    public (SnapshotTimes Times, long CapturedAt) Measured { get; set; }

    /// <summary>Whether the checkpoint was aborted.</summary>
    public bool IsAborted => _abort.IsCancellationRequested;

    /// <summary>The number of operators that have captured their state.</summary>
    public int Count => _captures.Count;

    /// <summary>The operator whose state is being written. For errors.</summary>
    public string? Writing { get; private set; }

    /// <summary>The ledger of the operators; set when the barrier has passed all of them.</summary>
    public IReadOnlyList<OperatorLedger> Ledger { get; set; } = [];

    /// <summary>Whether an operator has captured its state.</summary>
    public bool Has(IStatefulOperator stateful) => _captures.ContainsKey(stateful);

    /// <summary>Captures the state of one operator.</summary>
    public void Take(IStatefulOperator stateful)
    {
        StateCapture capture = new(stateful.Id, stateful.Name);
        if (!_captures.TryAdd(stateful, capture))
        {
            throw new InvalidOperationException($"Operator '{stateful.Name}' was asked for its state twice by checkpoint {Checkpoint}.");
        }

        stateful.Capture(capture);
    }

    /// <summary>
    /// Writes the state of all operators; it is stored when the returned task completes. Can be repeated after a failure. Runs outside of turns, on
    /// any thread.
    /// </summary>
    /// <exception cref="OperationCanceledException">It was aborted.</exception>
    public async Task<IReadOnlyList<OperatorSnapshot>> WriteAsync(ChunkSink sink, int keyGroups, CancellationToken cancellationToken)
    {
        ChunkWriter writer = new(sink, keyGroups);
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _abort.Token);
        List<OperatorSnapshot> operators = [];
        foreach ((IStatefulOperator stateful, StateCapture capture) in _captures)
        {
            both.Token.ThrowIfCancellationRequested();
            Writing = stateful.Name;
            operators.Add(await capture.WriteAsync(writer, both.Token).ConfigureAwait(false));
        }

        await sink.CompleteAsync(both.Token).ConfigureAwait(false);
        writer.Release();
        return operators;
    }

    /// <summary>Cancels the writing, since the checkpoint was aborted. The captures are released after it has ended.</summary>
    public void Abort() => _abort.Cancel();

    /// <summary>Releases the captures, after they were written or the writing was given up.</summary>
    public void Release()
    {
        foreach (StateCapture capture in _captures.Values)
        {
            capture.Release();
        }

        _abort.Dispose();
    }
}
