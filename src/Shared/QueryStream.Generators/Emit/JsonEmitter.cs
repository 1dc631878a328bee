using System.Text;
using Microsoft.CodeAnalysis.CSharp;
using QueryStream.Generators.Model;

namespace QueryStream.Generators.Emit;

/// <summary>Emits the JSON format of a record: an object with a property for each member.</summary>
internal static class JsonEmitter
{
    private const string Records = RecordEmitter.Records;
    private const string Json = "global::System.Text.Json.";
    private const string Token = Json + "JsonTokenType.";
    private const string Encoder = "global::System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping";
    private const string List = "global::System.Collections.Generic.IReadOnlyList";
    private const string Bytes = "global::System.ReadOnlySpan<byte>";

    public static void Emit(CodeBuilder code, RecordModel record)
    {
        code.Line(RecordEmitter.GeneratedCode).Line(RecordEmitter.Header(record, "Json", Records + "JsonFormat")).Line("{");
        code.Lines(record.Members.Select((member, i) =>
            $"private static readonly {Records}JsonFormat<{member.Type}> F{i} = {Records}JsonFormat<{member.Type}>.Instance;"));
        code.Lines(record.Members.Select((member, i) =>
            $"private static readonly {Json}JsonEncodedText N{i} = {Json}JsonEncodedText.Encode({Literal(member.JsonName)}, {Encoder});"));
        code.Line();
        EmitMembers(code, record);
        EmitRead(code, record);
        EmitNullChecks(code, record);
        EmitWrite(code, record);
        EmitFind(code, record);
        code.Line("}");
    }

    private static void EmitMembers(CodeBuilder code, RecordModel record)
    {
        string member = $"{Records}JsonMember";
        IEnumerable<string> members = record.Members.Select(m =>
            $"new {member}({Literal(m.JsonName)}, {Literal(m.Name)}, typeof({m.Type}), {(m.IsRequired ? "true" : "false")})");
        code.Line($"public override {List}<{member}> Members {{ get; }} = new {member}[] {{ {string.Join(", ", members)} }};").Line();
    }

    private static void EmitRead(CodeBuilder code, RecordModel record)
    {
        code.Line($"public override bool TryRead(ref {Json}Utf8JsonReader reader, {Records}JsonInput input, out {record.Type} value)").Line("{");
        code.Line($"value = default({record.Type});");
        if (record.IsReference)
        {
            code.Line($"if (reader.TokenType == {Token}Null)").Line("{").Line("return true;").Line("}").Line();
        }

        code.Line($"if (reader.TokenType != {Token}StartObject)").Line("{").Line("return input.Refuse(ref reader, \"an object\");").Line("}").Line();
        code.Lines(record.Members.Select((member, i) => $"{member.Type} m{i} = {member.Default};"));
        code.Lines(Tracked(record).Select(i => $"bool r{i} = false;"));
        code.Line($"while (reader.Read() && reader.TokenType == {Token}PropertyName)").Line("{");
        code.Line("switch (Find(input.NameOf(ref reader)))").Line("{");
        for (int i = 0; i < record.Members.Count; i++)
        {
            EmitMember(code, record.Members[i], i);
        }

        code.Lines(["default:", "    reader.Skip();", "    break;"]).Line("}").Line("}").Line();
        foreach (int i in Tracked(record).Where(i => record.Members[i].IsRequired))
        {
            code.Line($"if (!r{i})").Line("{").Line($"return input.Missing(ref reader, {Literal(record.Members[i].JsonName)});").Line("}").Line();
        }

        RecordEmitter.EmitInitial(code, record);
        code.Line($"value = {record.Construct(i => $"m{i}")};").Line("return true;").Line("}").Line();
    }

    private static void EmitMember(CodeBuilder code, MemberModel member, int i)
    {
        string refused = $"return input.InMember({Literal(member.JsonName)});";
        code.Line($"case {i}:").Line("{").Line("reader.Read();");
        if (!member.IsRequired && !member.Nulls.IsNullable)
        {
            // Null counts as missing if the record has a default for the member.
            code.Line($"if (reader.TokenType == {Token}Null)").Line("{").Line($"m{i} = {member.Default};");
            code.Lines(member.Presence == Presence.KeepsInitial ? [$"r{i} = false;"] : []).Line("break;").Line("}").Line();
        }
        else if (member.Nulls.Expected.Length > 0)
        {
            code.Line($"if (reader.TokenType == {Token}Null)").Line("{");
            code.Line($"input.Refuse(ref reader, {Literal(member.Nulls.Expected)});").Line(refused).Line("}").Line();
        }

        if (member.Nulls.Inside.Length > 0)
        {
            code.Line("long position = reader.TokenStartIndex;");
        }

        code.Line($"if (!F{i}.TryRead(ref reader, input, out m{i}))").Line("{").Line(refused).Line("}").Line();
        if (member.Nulls.Inside.Length > 0)
        {
            code.Line($"if (!HasNoNulls{i}(input, m{i}, position))").Line("{").Line(refused).Line("}").Line();
        }

        if (member.Presence != Presence.HasDefault)
        {
            code.Line($"r{i} = true;");
        }

        code.Line("break;").Line("}");
    }

    private static void EmitWrite(CodeBuilder code, RecordModel record)
    {
        code.Line($"public override void Write({Json}Utf8JsonWriter writer, in {record.Type} value)").Line("{");
        if (record.IsReference)
        {
            code.Line("if (value is null)").Line("{").Line("writer.WriteNullValue();").Line("return;").Line("}").Line();
        }

        if (record.CanBeDerived)
        {
            code.Line($"{RecordEmitter.Core}Codecs.RecordGuard.RequireExact(value, typeof({record.Type}));");
        }

        code.Line("writer.WriteStartObject();");
        code.Lines(record.Members.SelectMany((member, i) =>
            new[] { $"writer.WritePropertyName(N{i});", $"F{i}.Write(writer, value.@{member.Name});" }));
        code.Line("writer.WriteEndObject();").Line("}").Line();
    }

    // Compares lengths first, so that one comparison usually finds the name.
    private static void EmitFind(CodeBuilder code, RecordModel record)
    {
        code.Line(
            "[global::System.Runtime.CompilerServices.MethodImpl(global::System.Runtime.CompilerServices.MethodImplOptions.AggressiveInlining)]");
        code.Line($"private static int Find({Bytes} name)").Line("{").Line("switch (name.Length)").Line("{");
        IEnumerable<(string Name, int Member)> names = record.Members.SelectMany((member, i) =>
            new[] { (Name: member.JsonName, Member: i), (Name: member.JsonAlias ?? member.JsonName, Member: i) }).Distinct();
        var byLength = names.GroupBy(name => Encoding.UTF8.GetByteCount(name.Name)).OrderBy(group => group.Key);
        foreach (IGrouping<int, (string Name, int Member)> group in byLength)
        {
            code.Line($"case {group.Key}:").Line("{");
            foreach ((string name, int member) in group)
            {
                code.Line($"if (global::System.MemoryExtensions.SequenceEqual(name, {Literal(name)}u8))");
                code.Line("{").Line($"return {member};").Line("}").Line();
            }

            code.Line("break;").Line("}");
        }

        code.Line("}").Line().Line("return -1;").Line("}");
    }

    private static void EmitNullChecks(CodeBuilder code, RecordModel record)
    {
        foreach ((MemberModel member, int i) in record.Members.Select((member, i) => (member, i)).Where(one => one.member.Nulls.Inside.Length > 0))
        {
            code.Line($"private static bool HasNoNulls{i}({Records}JsonInput input, {member.Type} m, long position)").Line("{");
            code.Line(member.Nulls.Inside).Line("return true;").Line("}").Line();
        }
    }

    // The members for which the reader must know whether they were read.
    private static IEnumerable<int> Tracked(RecordModel record) =>
        Enumerable.Range(0, record.Members.Count).Where(i => record.Members[i].Presence != Presence.HasDefault);

    private static string Literal(string text) => SymbolDisplay.FormatLiteral(text, quote: true);
}
