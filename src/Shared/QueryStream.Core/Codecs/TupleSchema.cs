namespace QueryStream.Core.Codecs;

/// <summary>Tuples are records whose members are named by their place, so that one can be added or removed at the end.</summary>
internal static class TupleSchema
{
    public static Schema Of(params ReadOnlySpan<Schema> items)
    {
        SchemaMember[] members = new SchemaMember[items.Length];
        for (int i = 0; i < members.Length; i++)
        {
            members[i] = new SchemaMember($"Item{i + 1}", items[i]);
        }

        return Schema.Record("tuple", members);
    }
}
