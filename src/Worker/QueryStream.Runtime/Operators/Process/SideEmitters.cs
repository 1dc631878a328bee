using QueryStream.Streams.Batches;
using QueryStream.Streams.Functions;

namespace QueryStream.Runtime.Operators.Process;

/// <summary>The side outputs of a function that somebody takes, by name. Few, so a list is searched. Used in turns of one task.</summary>
/// <param name="emitters">By name.</param>
internal sealed class SideEmitters(IReadOnlyList<(string Name, IEmitter Emitter)> emitters) : IControlInput
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

    /// <summary>Hands on what was collected.</summary>
    public void Flush()
    {
        foreach ((_, IEmitter emitter) in emitters)
        {
            emitter.Flush();
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
