using System.Runtime.InteropServices;
using QueryStream.Core.Codecs;
using QueryStream.Runtime.Snapshots;
using QueryStream.Streams.State;

namespace QueryStream.Runtime.State;

/// <summary>A list of one subtask, on the heap.</summary>
/// <typeparam name="T">The items.</typeparam>
/// <param name="name">The state's name.</param>
/// <param name="isUnion">Whether a restored subtask gets the items of all.</param>
internal sealed class HeapOperatorListState<T>(string name, bool isUnion) : OperatorListState<T>, IOperatorState
{
    private readonly CodecWriter _scratch = new();
    private List<T> _values = [];

    public string Name => name;

    public override int Count => _values.Count;

    public override ReadOnlySpan<T> Values => CollectionsMarshal.AsSpan(_values);

    public override void Add(in T value) => _values.Add(KeptValue<T>.Of(value, _scratch));

    public override void Replace(ReadOnlySpan<T> values)
    {
        // A new list, since the values may be a part of the old one.
        List<T> replaced = new(values.Length);
        foreach (ref readonly T value in values)
        {
            replaced.Add(KeptValue<T>.Of(value, _scratch));
        }

        _values = replaced;
    }

    public override void Clear() => _values.Clear();

    public void Capture(StateCapture capture) => capture.List(name, EncodedItems.Of(_values));

    public void Restore(StateReader state)
    {
        foreach (T value in isUnion ? state.Union<T>(name) : state.List<T>(name))
        {
            Add(value);
        }
    }
}
