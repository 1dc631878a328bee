using QueryStream.Core.Codecs;
using QueryStream.Runtime.Snapshots;
using QueryStream.Streams.State;

namespace QueryStream.Runtime.State;

/// <summary>
/// A list of one subtask, on the heap. It only grows at its end or is replaced, so a capture can share its array and keep its length.
/// </summary>
/// <typeparam name="T">The items.</typeparam>
/// <param name="name">The state's name.</param>
/// <param name="isUnion">Whether a restored subtask gets the items of all.</param>
internal sealed class HeapOperatorListState<T>(string name, bool isUnion) : OperatorListState<T>, IOperatorState
{
    private readonly CodecWriter _scratch = new();
    private readonly CaptureVersions _versions = new();
    private T[] _values = [];
    private int _count;

    // For mutable items: the version in which the array was created. Captures of earlier versions may hold the same objects.
    private long _version;

    public string Name => name;

    public override int Count => _count;

    public override ReadOnlySpan<T> Values
    {
        get
        {
            if (MutableObjects<T>.Possible && _version < _versions.Newest)
            {
                _values = Array.ConvertAll(_values[.._count], value => MutableObjects<T>.Copy(value, _scratch));
                _version = _versions.Current;
            }

            return _values.AsSpan(0, _count);
        }
    }

    public override void Add(in T value)
    {
        if (_count == _values.Length)
        {
            Array.Resize(ref _values, Math.Max(4, _count * 2));
        }

        _values[_count++] = KeptValue<T>.Of(value, _scratch);
    }

    public override void Replace(ReadOnlySpan<T> values)
    {
        // A new array, since the values may be a part of the old one.
        T[] replaced = new T[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            replaced[i] = KeptValue<T>.Of(values[i], _scratch);
        }

        (_values, _count) = (replaced, replaced.Length);
    }

    public override void Clear() => (_values, _count) = ([], 0);

    public void Capture(StateCapture capture)
    {
        capture.Hold(_versions);
        capture.List(name, _values.Take(_count));
    }

    public Task RestoreAsync(StateReader state) =>
        isUnion ? state.UnionAsync<T>(name, value => Add(value)) : state.ListAsync<T>(name, value => Add(value));
}
