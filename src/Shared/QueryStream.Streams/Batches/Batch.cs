using System.Runtime.CompilerServices;
using QueryStream.Core.Codecs;

namespace QueryStream.Streams.Batches;

/// <summary>
/// Rows with their event times, as they flow between operators. Reference counted: a callee borrows the batch for the call; to keep it longer, it
/// calls <see cref="Retain"/> and later <see cref="Release"/>. A batch is immutable once it is emitted, since other operators may read it.
/// </summary>
public abstract class Batch
{
    /// <summary>The maximum number of rows: a turn of a task handles at least one batch and should take about a millisecond.</summary>
    public const int MaxRows = 1024;

    /// <summary>A batch of this size counts as full, so that batches of large rows stay small.</summary>
    public const long FullBytes = 256 * 1024;

    // Several threads decrement it; the one that reaches 0 returns the batch to its pool.
    private int _references;
    private BatchFrames _frames;

    /// <summary>The number of rows.</summary>
    public int Count { get; protected set; }

    /// <summary>The size in flow control: the rows' structs and the bytes that only they refer to.</summary>
    public long Bytes { get; protected set; }

    /// <summary>The records that the rows come from, for errors.</summary>
    public BatchOrigin Origin { get; } = new();

    /// <summary>The number of frames that texts of the rows point into.</summary>
    private protected int FrameCount => _frames.Count;

    /// <summary>Encodes the batch. <see cref="Batch{T}.Read"/> decodes it.</summary>
    public abstract void Write(CodecWriter writer);

    /// <summary>
    /// Makes the texts of the rows safe to keep after the batch is released: the garbage collector then owns their frames. For operators whose
    /// functions may keep rows; state does not need it, since it copies.
    /// </summary>
    public void Detach() => _frames.Detach();

    /// <summary>Keeps a frame until the batch is recycled; takes over the caller's reference.</summary>
    private protected void Hold(Frame frame) => _frames.Add(frame);

    /// <summary>Keeps all frames of another batch until this one is recycled.</summary>
    private protected void HoldAll(Batch other) => _frames.AddAll(other._frames);

    /// <summary>Releases the frames.</summary>
    private protected void ReleaseFrames() => _frames.Release();

    /// <summary>Adds a reference.</summary>
    /// <param name="file">Set by the compiler, to name the holders of leaked batches.</param>
    /// <param name="line">Set by the compiler.</param>
    public void Retain([CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        BatchLedger.Retained(this, file, line);
        if (Interlocked.Increment(ref _references) <= 1)
        {
            throw new InvalidOperationException("A batch was retained after its last holder had released it.");
        }
    }

    /// <summary>Releases a reference; the last one returns the batch to its pool.</summary>
    public void Release()
    {
        int left = Interlocked.Decrement(ref _references);
        if (left < 0)
        {
            throw new InvalidOperationException("A batch was released once more than it was held.");
        }

        if (left == 0)
        {
            BatchLedger.Returned(this);
            Recycle();
        }
    }

    /// <summary>Called when the batch is rented: sets one reference.</summary>
    private protected void Lend(string file, int line)
    {
        BatchLedger.Rented(this, file, line);
        Volatile.Write(ref _references, 1);
    }

    /// <summary>Returns the batch to its pool.</summary>
    protected abstract void Recycle();
}
