using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis.Emit;

namespace QueryStream.Generators.Tests.Driver;

/// <summary>Generated code compiles without warnings in all kinds of user projects.</summary>
public sealed class UserProjectTests
{
    [Theory]
    [InlineData("[QueryStream.Streams.StreamRecord] public sealed record InNoNamespace(int Id, string? Name);")]
    [InlineData(
        "namespace System.Mine { [QueryStream.Streams.StreamRecord] public sealed record Order(int Id, global::System.String Name); "
        + "class Int32 { } class ReadOnlySpan { } }")]
    [InlineData("namespace Shop.QueryStream { [global::QueryStream.Streams.StreamRecord] public struct Order { public int Id; } class Core { } }")]
    [InlineData("namespace @class.@event { [QueryStream.Streams.StreamRecord] public sealed record @record(int @int, string @string); }")]
    [InlineData(
        "namespace A_B.C { [QueryStream.Streams.StreamRecord] public sealed record D(int X); "
        + "} namespace A.B_C { [QueryStream.Streams.StreamRecord] public sealed record D(int X); }")]
    [InlineData(
        "namespace N { [QueryStream.Streams.StreamRecord] public sealed record D(int X); "
        + "[QueryStream.Streams.StreamRecord] public sealed record D<T>(T X); "
        + "[QueryStream.Streams.StreamRecord] public sealed record D<T, @in>(T X, @in Y); }")]
    [InlineData(
        "namespace N { public class O<T> where T : struct { [QueryStream.Streams.StreamRecord] public sealed record D<U, V, W>(T X, U Y, V Z, W? Q) "
        + "where U : unmanaged where V : notnull, System.IComparable<V> where W : class?, new(); } }")]
    [InlineData(
        "[QueryStream.Streams.StreamRecord] public sealed record R { public required int A { get; init; } public required string B { get; set; "
        + "} public int C; }")]
    [InlineData("[QueryStream.Streams.StreamRecord] public sealed record R(int A) { public required int B { get; init; } }")]
    [InlineData(
        "[QueryStream.Streams.StreamRecord] public partial class R { public int A { get; set; "
        + "} } public partial class R { [System.Obsolete(\"old\")] public int B { get; set; } }")]
    [InlineData(
        "[QueryStream.Streams.StreamRecord] public record Base(int A); [QueryStream.Streams.StreamRecord] public record Derived(int A, string B) : "
        + "Base(A);")]
    [InlineData("[QueryStream.Streams.StreamRecord] public class Shop { internal Shop(long id) => Id = id; public long Id { get; } }")]
    [InlineData(
        "[QueryStream.Streams.StreamRecord] public sealed record R(in int A, double B = double.NaN, string C = \"\\\"\\n\", char D = '\\'', decimal "
        + "E = 1.5m, ulong F = ulong.MaxValue, long G = long.MinValue, float H = 1e-30f, System.DayOfWeek I = System.DayOfWeek.Friday, int? J = "
        + "null, bool K = true, System.DayOfWeek? L = System.DayOfWeek.Monday, double M = -1e300);")]
    [InlineData(
        "[QueryStream.Streams.StreamRecord] public readonly record struct R((int A, string B) Pair, System.Collections.Generic.List<(int C, int? "
        + "D)?> Pairs);")]
    public void Generated_code_compiles_without_a_warning(string source)
    {
        Compiled compiled = Compiled.From(source);
        Assert.Empty(compiled.Reported);
        Assert.DoesNotContain(compiled.Complaints, complaint => complaint.Id is not ("CS8981" or "CS0169" or "CS0649"));
        Assert.True(compiled.Compilation.SyntaxTrees.Count() > 1);
        Load(compiled);
    }

    // Loads the compiled assembly and creates each codec, key type and format that it registers.
    private static void Load(Compiled compiled)
    {
        using MemoryStream bytes = new();
        EmitResult result = compiled.Compilation.Emit(bytes);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics));
        bytes.Position = 0;
        AssemblyLoadContext context = new("user", isCollectible: true);
        Assembly assembly = context.LoadFromStream(bytes);
        foreach (CustomAttributeData attribute in assembly.GetCustomAttributesData().Where(
            data => data.AttributeType.Namespace!.StartsWith("QueryStream", StringComparison.Ordinal)))
        {
            Type type = (Type)attribute.ConstructorArguments[0].Value!;
            Type generated = (Type)attribute.ConstructorArguments[1].Value!;
            Assert.True(generated.IsGenericTypeDefinition == type.IsGenericTypeDefinition);
            if (!type.IsGenericTypeDefinition)
            {
                Assert.NotNull(
                    generated.BaseType!.GetProperty(
                        "Instance", BindingFlags.Static | BindingFlags.Public | BindingFlags.FlattenHierarchy)!.GetValue(null));
            }
        }

        context.Unload();
    }
}
