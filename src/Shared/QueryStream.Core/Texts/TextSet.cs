using QueryStream.Core.Codecs;
using QueryStream.Core.Keys;

namespace QueryStream.Core.Texts;

/// <summary>
/// An exact set of texts. While all texts come from one generation of one <see cref="TextDictionary{TValue}"/>, it stores their numbers, which takes
/// little memory and compares no bytes. The first other text converts it to a table of bytes. Used by one thread.
/// </summary>
public sealed class TextSet
{
    // Either the numbers and their dictionary, or the table: a text in both would count twice.
    private byte[]? _dictionary;
    private IdSet? _ids;
    private TextTable? _table;

    /// <summary>The number of distinct texts.</summary>
    public int Count => _ids?.Count ?? _table?.Count ?? 0;

    /// <summary>The approximate memory of the set, in bytes.</summary>
    public long SizeInBytes => 48 + (_ids?.SizeInBytes ?? 0) + (_table?.SizeInBytes ?? 0);

    /// <summary>A set that replaces this one, which must not change any more. Both share their content, which works because sets only grow.</summary>
    public TextSet Fork() => new() { _dictionary = _dictionary, _ids = _ids?.Copy(), _table = _table?.Fork() };

    /// <summary>Adds a text, which must not be missing.</summary>
    public void Add(in Text text)
    {
        byte[]? dictionary = text.SharedChunk;
        if (_ids is not null && ReferenceEquals(dictionary, _dictionary))
        {
            _ids.Add(text.SharedId);
        }
        else if (dictionary is not null && Count == 0)
        {
            _dictionary = dictionary;
            _ids = new IdSet();
            _ids.Add(text.SharedId);
        }
        else
        {
            Table().Add(text.Bytes, (uint)text.Hash);
        }
    }

    /// <summary>Adds all texts of another set, which does not change.</summary>
    public void UnionWith(TextSet other)
    {
        if (other._ids is not null && _ids is not null && ReferenceEquals(other._dictionary, _dictionary))
        {
            _ids.UnionWith(other._ids);
        }
        else if (other._ids is not null)
        {
            AddTo(Table(), other._ids, other._dictionary!);
        }
        else if (other._table is not null)
        {
            Table().UnionWith(other._table);
        }
    }

    /// <summary>Writes the texts as a list, in no particular order.</summary>
    public void Write(CodecWriter writer)
    {
        writer.WriteCount(Count);
        if (_ids is not null)
        {
            foreach (int id in _ids)
            {
                writer.WriteBytes(SharedTexts.BytesOf(_dictionary!, id));
            }
        }

        _table?.Write(writer);
    }

    /// <summary>Reads a set that <see cref="Write"/> wrote; null for a missing list.</summary>
    /// <exception cref="CodecException">The bytes are not a list of texts.</exception>
    public static TextSet? Read(CodecReader reader)
    {
        if (!reader.TryReadCount(minBytes: 1, out int count))
        {
            return null;
        }

        TextSet set = new();
        for (int i = 0; i < count; i++)
        {
            if (!reader.TryReadBytes(out ReadOnlySpan<byte> utf8))
            {
                throw reader.Damaged("a missing text in a set");
            }

            set.Table().Add(utf8, (uint)StableHash.OfBytes(utf8));
        }

        return set;
    }

    private static void AddTo(TextTable table, IdSet ids, byte[] dictionary)
    {
        foreach (int id in ids)
        {
            ReadOnlySpan<byte> text = SharedTexts.BytesOf(dictionary, id);
            table.Add(text, (uint)StableHash.OfBytes(text));
        }
    }

    private TextTable Table()
    {
        if (_table is null)
        {
            _table = new TextTable();
            if (_ids is not null)
            {
                AddTo(_table, _ids, _dictionary!);
                _ids = null;
                _dictionary = null;
            }
        }

        return _table;
    }
}
