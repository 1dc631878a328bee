using System.Runtime.CompilerServices;
using QueryStream.Core.Codecs;

namespace QueryStream.Streams.Batches;

/// <summary>
/// What flows between operators: rows with their event times, between control elements. Reference counted: whoever was handed
/// a batch borrows it for the call; whoever keeps it longer calls <see cref="Retain"/> and later <see cref="Release"/>.
/// From the moment that it is handed on it is never written again, since other operators may read it.
/// </summary>
public abstract class Batch
{
    /// <summary>Most rows in a batch: a turn of a task, which handles at least one, stays at about a millisecond.</summary>
    public const int MaxRows = 1024;

    /// <summary>A batch of this weight is handed on before it has all its rows, so that heavy rows do not go in thousands at a time.</summary>
    public const long FullBytes = 256 * 1024;

    // Holders on several threads count down; whoever reaches 0 alone may give the arrays back.
    private int _references;
    private BatchFrames _frames;

    /// <summary>The number of rows.</summary>
    public int Count { get; protected set; }

    /// <summary>What the rows weigh in flow control: their structs and the bytes that they alone refer to.</summary>
    public long Bytes { get; protected set; }

    /// <summary>Where the rows come from, for errors.</summary>
    public BatchOrigin Origin { get; } = new();

    /// <summary>The number of frames that texts of the rows point into.</summary>
    private protected int FrameCount => _frames.Count;

    /// <summary>Writes the batch, so that <see cref="Batch{T}.Read"/> can read it back.</summary>
    public abstract void Write(CodecWriter writer);

    /// <summary>
    /// Makes the texts of the rows safe to keep beyond the batch, by leaving the frames that they point into to the garbage collector. For operators
    /// whose code may keep rows; state, which copies what it keeps, does not need it.
    /// </summary>
    public void Detach() => _frames.Detach();

    /// <summary>Holds a frame until the batch is given back; takes over the caller's hold.</summary>
    private protected void Hold(Frame frame) => _frames.Add(frame);

    /// <summary>Holds all frames of another batch until this one is given back.</summary>
    private protected void HoldAll(Batch other) => _frames.AddAll(other._frames);

    /// <summary>Releases the frames.</summary>
    private protected void ReleaseFrames() => _frames.Release();

    /// <summary>Adds a holder.</summary>
    /// <param name="file">Set by the compiler: a debug build names who has not given a batch back.</param>
    /// <param name="line">Set by the compiler.</param>
    public void Retain([CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        BatchLedger.Retained(this, file, line);
        if (Interlocked.Increment(ref _references) <= 1)
        {
            throw new InvalidOperationException("A batch was retained after its last holder had released it.");
        }
    }

    /// <summary>Ends one hold; the last one gives the batch back to its pool.</summary>
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

    /// <summary>Called when the pool hands the batch out: there is one holder.</summary>
    private protected void Lend(string file, int line)
    {
        BatchLedger.Rented(this, file, line);
        Volatile.Write(ref _references, 1);
    }

    /// <summary>Gives the batch back to its pool.</summary>
    protected abstract void Recycle();
}
