using QueryStream.Streams.Batches;
using QueryStream.Streams.Functions;

namespace QueryStream.Runtime.Operators.Process;

/// <summary>The side outputs of a function that somebody takes, by name. Few, so a list is searched. Used in turns of one task.</summary>
/// <param name="emitters">By name.</param>
internal sealed class SideEmitters((string Name, IEmitter Emitter)[] emitters) : IControlInput
{
    /// <summary>Where a side output's rows go; null where nobody takes them.</summary>
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

    /// <summary>Whether there is a full batch to hand on.</summary>
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

    /// <summary>Remembers what there is now.</summary>
    public void Mark()
    {
        foreach ((_, IEmitter emitter) in emitters)
        {
            emitter.Mark();
        }
    }

    /// <summary>Takes back what was emitted since <see cref="Mark"/>.</summary>
    public void Rollback()
    {
        foreach ((_, IEmitter emitter) in emitters)
        {
            emitter.Rollback();
        }
    }

    /// <summary>Hands on what was collected.</summary>
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
