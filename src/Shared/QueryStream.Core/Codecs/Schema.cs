using System.Collections.Immutable;

namespace QueryStream.Core.Codecs;

/// <summary>The layout of a codec's bytes: a tree, compared by value, and stored with the bytes. Immutable.</summary>
public sealed class Schema : IEquatable<Schema>
{
    // Types are never that deep: a deeper tree is damage, or an attack.
    private const int MaxDepth = 64;

    // A name, and a schema of a kind, a name and a count.
    private const int LeastMemberBytes = 4;

    private Schema(SchemaKind kind, string name, ImmutableArray<SchemaMember> members)
    {
        Kind = kind;
        Name = name;
        Members = members;
        MinBytes = SchemaBytes.Fewest(kind, members.AsSpan());
        CanBeSkipped = kind != SchemaKind.Opaque && members.All(member => member.Schema.CanBeSkipped);
    }

    /// <summary>The kind of layout.</summary>
    public SchemaKind Kind { get; }

    /// <summary>A record's or enum's type name, a simple type's name, or the name of an opaque layout.</summary>
    public string Name { get; }

    /// <summary>A record's members in the order of their bytes; of other kinds their parts: an element, or a key and a value.</summary>
    public ImmutableArray<SchemaMember> Members { get; }

    /// <summary>
    /// The fewest bytes that a value takes; 0 where it may take none, or where it is not known. It bounds the counts that a reader accepts.
    /// </summary>
    public int MinBytes { get; }

    /// <summary>Whether <see cref="Skip"/> works: not where a part of the value is opaque.</summary>
    public bool CanBeSkipped { get; }

    /// <summary>A simple type.</summary>
    public static Schema Simple(SchemaKind kind, string name) => new(kind, name, []);

    /// <summary>A value or none.</summary>
    public static Schema NullableOf(Schema value) => new(SchemaKind.Nullable, "nullable", [new SchemaMember("value", value)]);

    /// <summary>A list of elements.</summary>
    public static Schema ListOf(Schema element) => new(SchemaKind.List, "list", [new SchemaMember("element", element)]);

    /// <summary>Pairs of a key and a value.</summary>
    public static Schema MapOf(Schema key, Schema value) =>
        new(SchemaKind.Map, "map", [new SchemaMember("key", key), new SchemaMember("value", value)]);

    /// <summary>Members one after the other.</summary>
    public static Schema Record(string name, params ReadOnlySpan<SchemaMember> members) => new(SchemaKind.Record, name, [.. members]);

    /// <summary>What only its own codec knows.</summary>
    /// <param name="name">Names the layout and its version.</param>
    /// <param name="parts">The layouts that it holds inside.</param>
    public static Schema Opaque(string name, params ReadOnlySpan<SchemaMember> parts) => new(SchemaKind.Opaque, name, [.. parts]);

    /// <summary>Whether both lay out bytes alike. The name of a record does not matter, so that a type can be renamed.</summary>
    public bool Equals(Schema? other) =>
        other is not null
        && Kind == other.Kind
        && (Kind == SchemaKind.Record || string.Equals(Name, other.Name, StringComparison.Ordinal))
        && Members.SequenceEqual(other.Members);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Schema);

    /// <inheritdoc/>
    public override int GetHashCode() => ((int)Kind * 31) + Members.Length;

    /// <summary>As text, for errors and plans: <c>Order { Id: int64, Tags: list&lt;text&gt; }</c>.</summary>
    public override string ToString() => Kind switch
    {
        SchemaKind.Record => $"{Name} {{ {string.Join(", ", Members.Select(member => $"{member.Name}: {member.Schema}"))} }}",
        SchemaKind.Nullable => $"{Members[0].Schema}?",
        SchemaKind.List or SchemaKind.Map => $"{Name}<{string.Join(", ", Members.Select(member => member.Schema))}>",
        SchemaKind.Opaque when Members.Length > 0 => $"{Name}<{string.Join(", ", Members.Select(member => member.Schema))}>",
        _ => Name,
    };

    /// <summary>Goes past the bytes of one value.</summary>
    /// <exception cref="CodecException">They are not what this layout has, or only its own codec can read them.</exception>
    public void Skip(CodecReader reader) => SchemaBytes.Skip(this, reader);

    /// <summary>Writes the tree.</summary>
    public void Write(CodecWriter writer)
    {
        writer.WriteByte((byte)Kind);
        writer.WriteString(Name);
        writer.WriteLength(Members.Length);
        foreach (SchemaMember member in Members)
        {
            writer.WriteString(member.Name);
            member.Schema.Write(writer);
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="CodecException">The bytes are no schema.</exception>
    public static Schema Read(CodecReader reader) => Read(reader, depth: 0);

    private static Schema Read(CodecReader reader, int depth)
    {
        SchemaKind kind = (SchemaKind)reader.ReadByte();
        if (!Enum.IsDefined(kind) || depth > MaxDepth)
        {
            throw reader.Damaged($"a schema of kind {kind} at depth {depth}");
        }

        string name = reader.ReadString() ?? throw reader.Damaged("a schema without a name");
        int count = (int)reader.ReadUInt64((ulong)(reader.Remaining / LeastMemberBytes));
        int parts = PartsOf(kind);
        if (parts >= 0 && count != parts)
        {
            throw reader.Damaged($"a schema of kind {kind} with {count} parts");
        }

        // It grows with the members that are really there: a count alone must not cost memory.
        ImmutableArray<SchemaMember>.Builder members = ImmutableArray.CreateBuilder<SchemaMember>(Math.Min(count, 16));
        for (int i = 0; i < count; i++)
        {
            string member = reader.ReadString() ?? throw reader.Damaged("a member without a name");
            members.Add(new SchemaMember(member, Read(reader, depth + 1)));
        }

        return new Schema(kind, name, members.ToImmutable());
    }

    private static int PartsOf(SchemaKind kind) => kind switch
    {
        SchemaKind.Record or SchemaKind.Opaque => -1,
        SchemaKind.Nullable or SchemaKind.List => 1,
        SchemaKind.Map => 2,
        _ => 0,
    };
}

/// <summary>A member of a record's layout.</summary>
/// <param name="Name">Its name, which identifies it between versions.</param>
/// <param name="Schema">Its layout.</param>
public sealed record SchemaMember(string Name, Schema Schema);
