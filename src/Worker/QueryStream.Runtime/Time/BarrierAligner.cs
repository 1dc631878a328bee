using QueryStream.Core.Identity;

namespace QueryStream.Runtime.Time;

/// <summary>
/// Aligns the barriers of several inputs (Chandy and Lamport, "Distributed snapshots", 1985; as in Flink): the barrier of a checkpoint is forwarded
/// when every input has brought it or has ended. Barriers are compared by their checkpoint. A newer barrier on any input replaces an incomplete
/// alignment, and an abort ends it; late barriers of older or aborted checkpoints are dropped. Used in turns of one task.
/// </summary>
/// <param name="inputs">The number of inputs.</param>
internal sealed class BarrierAligner(int inputs)
{
    private readonly bool[] _arrived = new bool[inputs];
    private readonly bool[] _ended = new bool[inputs];

    // Aborted checkpoints that are newer than _last.
    private readonly List<CheckpointId> _aborted = [];

    // The newest checkpoint whose alignment is complete or replaced. Checkpoints are numbered from 1.
    private CheckpointId _last = new(0);

    /// <summary>The checkpoint that is being aligned; null between alignments.</summary>
    public CheckpointId? Pending { get; private set; }

    /// <summary>Whether the pending barrier has arrived on an input, which is then blocked until <see cref="Pending"/> changes.</summary>
    public bool HasArrived(int input) => Pending is not null && _arrived[input];

    /// <summary>A barrier arrives on an input.</summary>
    /// <returns>Whether the barrier is to be forwarded now.</returns>
    public bool Arrive(int input, CheckpointId checkpoint)
    {
        if (checkpoint.Number <= _last.Number || checkpoint.Number < Pending?.Number || _aborted.Contains(checkpoint))
        {
            return false;
        }

        if (checkpoint != Pending)
        {
            _last = Pending ?? _last;
            _aborted.RemoveAll(aborted => aborted.Number < checkpoint.Number);
            Array.Clear(_arrived);
            Pending = checkpoint;
        }

        _arrived[input] = true;
        return CompleteIfAligned();
    }

    /// <summary>An input has ended, which counts as the arrival of every barrier.</summary>
    /// <returns>Whether the pending barrier is to be forwarded now.</returns>
    public bool End(int input)
    {
        _ended[input] = true;
        return CompleteIfAligned();
    }

    /// <summary>Aborts a checkpoint: its alignment ends, and its later barriers are dropped.</summary>
    public void Abort(CheckpointId checkpoint)
    {
        if (checkpoint.Number > _last.Number && !_aborted.Contains(checkpoint))
        {
            _aborted.Add(checkpoint);
        }

        if (Pending == checkpoint)
        {
            Pending = null;
        }
    }

    private bool CompleteIfAligned()
    {
        if (Pending is not { } pending)
        {
            return false;
        }

        for (int input = 0; input < _arrived.Length; input++)
        {
            if (!_arrived[input] && !_ended[input])
            {
                return false;
            }
        }

        (_last, Pending) = (pending, null);
        return true;
    }
}
