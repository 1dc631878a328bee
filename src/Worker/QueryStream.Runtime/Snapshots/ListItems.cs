using QueryStream.Core.Codecs;

namespace QueryStream.Runtime.Snapshots;

/// <summary>Takes the items of a list state or a broadcast state.</summary>
/// <typeparam name="T">The items.</typeparam>
/// <param name="name">The state's name.</param>
/// <param name="kind">Which of both.</param>
internal sealed class ListItems<T>(string name, StateKind kind) : IStateItems
{
    private readonly CodecWriter _writer = new();
    private readonly List<StateChunk> _chunks = [];

    /// <summary>Adds an item.</summary>
    public void Add(in T item)
    {
        _writer.Clear();
        Codec<T>.Instance.Write(_writer, item);
        _chunks.Add(new StateChunk(-1, 1, _writer.Written.ToArray()));
    }

    /// <inheritdoc/>
    public StateSnapshot Complete() => new(name, kind, Codec<T>.Instance.Schema, _chunks);
}
