using QueryStream.Core.Errors;
using QueryStream.Streams;
using QueryStream.Streams.Settings;
using QueryStream.Testing.Assemblies;

namespace QueryStream.JobAssemblies.Tests;

/// <summary>The dependencies of an assembly: in its folder, in the host, or missing.</summary>
public sealed class DependencyTests : TemporaryFolder
{
    private const string Remedy =
        "Copy it there, or build the job with <EnableDynamicLoading>true</EnableDynamicLoading>, which copies the files of its packages.";

    private UserAssembly Bottom =>
        new(Folder, "Bottom", "public static class Bottom { public static string Text => \"bottom\"; }") { UsesEngine = false, Version = "1.2.3.0" };

    private UserAssembly Middle =>
        new(Folder, "Middle", "public static class Middle { public static string Text => Bottom.Text; }")
        { UsesEngine = false, References = [Bottom] };

    [Fact]
    public void Assemblies_in_the_folder_of_a_job_are_its_own()
    {
        string path = WriteJob("Middle.Text", Middle, Bottom);

        Assert.Equal("bottom", JobAssembly.Load(path).Create(null).Name);
    }

    [Fact]
    public void A_job_uses_its_own_copy_of_a_dependency_of_the_host()
    {
        // The test assembly has another FactAttribute.
        UserAssembly own = new(Folder, "xunit.core", "namespace Xunit { public static class Other { public static string Text => \"own\"; } }")
        { UsesEngine = false };

        Assert.Equal("own", JobAssembly.Load(WriteJob("Xunit.Other.Text", own)).Create(null).Name);
    }

    [Fact]
    public void A_missing_direct_dependency_is_reported_before_the_job_runs()
    {
        string path = WriteJob("Middle.Text", Middle, Bottom);
        File.Delete(Middle.Path);

        JobAssemblyException error = Assert.Throws<JobAssemblyException>(() => JobAssembly.Load(path));

        Assert.Equal($"Mine.dll needs Middle 1.0.0.0, which is not in {Folder}. {Remedy}", error.Message);
    }

    [Fact]
    public void A_missing_transitive_dependency_is_reported_with_the_assembly_that_needs_it()
    {
        string path = WriteJob("Middle.Text", Middle, Bottom);
        File.Delete(Bottom.Path);
        JobAssembly assembly = JobAssembly.Load(path);
        IStreamJob job = assembly.Create(null);

        FileNotFoundException thrown = Assert.Throws<FileNotFoundException>(() => job.Name);

        Assert.Equal($"Middle.dll needs Bottom 1.2.3.0, which is not in {Folder}. {Remedy}", assembly.Explain(thrown)?.Message);
    }

    [Fact]
    public void A_job_whose_base_class_is_missing_is_told_so_too()
    {
        UserAssembly bottom = new(Folder, "Bottom", "public interface IBottom { }") { UsesEngine = false };
        UserAssembly middle = new(Folder, "Middle", "public class Middle : IBottom { }") { UsesEngine = false, References = [bottom] };
        bottom.Write();
        middle.Write();
        string path = new UserAssembly(
            Folder, "Mine", "public sealed class One : Middle, IStreamJob { public string Name => \"\"; public void Define(StreamBuilder job) { } }")
        {
            References = [middle, bottom],
        }.Write();
        File.Delete(bottom.Path);

        string message = Assert.Throws<JobAssemblyException>(() => JobAssembly.Load(path)).Message;

        Assert.EndsWith($"needs Bottom 1.0.0.0, which is not in {Folder}. {Remedy}", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_method_that_the_engine_does_not_have_is_explained_by_its_version()
    {
        UserAssembly engine = new(
            Path.Combine(Folder, "engine"),
            "QueryStream.Streams",
            "namespace QueryStream.Streams { public class StreamBuilder { public void Fly() { } } public interface IStreamJob { string Name { get; "
            + "} void Define(StreamBuilder job); } }")
        {
            UsesEngine = false,
        };
        engine.Write();
        JobAssembly assembly = JobAssembly.Load(new UserAssembly(
            Folder, "Mine", "public sealed class One : QueryStream.Streams.IStreamJob { public string Name => \"One\"; "
                + "public void Define(QueryStream.Streams.StreamBuilder job) => job.Fly(); }")
        {
            References = [engine],
            UsesEngine = false,
        }.Write());

        JobDefinitionException thrown = Assert.Throws<JobDefinitionException>(() => StreamBuilder.Build(assembly.Create(null), JobSettings.None));

        string? message = assembly.Explain(thrown)?.Message;
        Assert.StartsWith(
            "Mine.dll was built against other versions of its dependencies: Method not found: 'Void QueryStream.Streams.StreamBuilder.Fly()'.",
            message,
            StringComparison.Ordinal);
        Assert.Contains("Build it against this version of QueryStream (1.0.0.0)", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_the_job_itself_misses_is_its_own_affair()
    {
        JobAssembly assembly = JobAssembly.Load(WriteJob("\"\""));

        Assert.Null(assembly.Explain(new FileNotFoundException("none", "input.txt")));
        Assert.Null(assembly.Explain(new InvalidOperationException("none")));
    }

    private string WriteJob(string name, params UserAssembly[] references)
    {
        foreach (UserAssembly reference in references.Reverse())
        {
            reference.Write();
        }

        return new UserAssembly(
            Folder, "Mine", $"public sealed class One : IStreamJob {{ public string Name => {name}; public void Define(StreamBuilder job) {{ }} }}")
        { References = references }.Write();
    }
}
