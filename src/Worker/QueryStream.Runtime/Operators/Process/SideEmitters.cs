using QueryStream.Streams.Batches;
using QueryStream.Streams.Functions;

namespace QueryStream.Runtime.Operators.Process;

/// <summary>The side outputs of a function that have consumers, by name. They are few, so a list is searched. Used in turns of one task.</summary>
/// <param name="emitters">By name.</param>
internal sealed class SideEmitters((string Name, IEmitter Emitter)[] emitters) : IControlInput
{
    /// <summary>The emitter of a side output; null if it has no consumer.</summary>
    public RowEmitter<T>? Find<T>(SideOutput<T> output)
    {
        foreach ((string name, IEmitter emitter) in emitters)
        {
            if (string.Equals(name, output.Name, StringComparison.Ordinal))
            {
                return emitter as RowEmitter<T>;
            }
        }

        return null;
    }

    /// <summary>Whether no side output has consumers.</summary>
    public bool IsEmpty => emitters.Length == 0;

    /// <summary>Whether a batch is full.</summary>
    public bool HasFull
    {
        get
        {
            foreach ((_, IEmitter emitter) in emitters)
            {
                if (emitter.HasFull)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Marks the end of the rows so far.</summary>
    public void Mark()
    {
        foreach ((_, IEmitter emitter) in emitters)
        {
            emitter.Mark();
        }
    }

    /// <summary>Removes the rows that were emitted since <see cref="Mark"/>.</summary>
    public void Rollback()
    {
        foreach ((_, IEmitter emitter) in emitters)
        {
            emitter.Rollback();
        }
    }

    /// <summary>Sends the rows so far downstream.</summary>
    public void Flush(Batch? from)
    {
        foreach ((_, IEmitter emitter) in emitters)
        {
            emitter.Flush(from);
        }
    }

    /// <inheritdoc/>
    public void OnControl(in Control control)
    {
        foreach ((_, IEmitter emitter) in emitters)
        {
            emitter.OnControl(control);
        }
    }
}
