using QueryStream.Core.Errors;
using QueryStream.Streams;
using QueryStream.Streams.Settings;
using QueryStream.Testing.Assemblies;

namespace QueryStream.JobAssemblies.Tests;

/// <summary>Assemblies that can run.</summary>
public sealed class LoadTests : TemporaryFolder
{
    private const string Empty = "internal sealed class {0} : IStreamJob {{ public string Name => \"{0}\"; "
        + "public void Define(StreamBuilder job) {{ }} }}";

    [Fact]
    public void The_only_job_of_an_assembly_is_taken_and_its_types_are_those_of_the_host()
    {
        JobAssembly assembly = JobAssembly.Load(new UserAssembly(Folder, "Mine", UserCode.Largest).Write());

        IStreamJob job = assembly.Create(className: null);

        Assert.Equal("Largest", job.Name);
        Assert.NotSame(GetType().Assembly, job.GetType().Assembly);
        Assert.Equal(
            4,
            StreamBuilder.Build(job, JobSettings.None).Nodes.Select(node => node.Kind.Split('(')[0])
                .Count(kind => kind is "Source" or "Window" or "Map" or "Sink"));
    }

    [Theory]
    [InlineData("One")]
    [InlineData("A.One")]
    public void One_of_several_is_found_by_its_short_and_its_full_name(string name)
    {
        JobAssembly assembly = Load($"namespace A {{ {Job("One")} {Job("Two")} }}");

        Assert.Equal("One", assembly.Create(name).Name);
    }

    [Fact]
    public void Several_jobs_need_a_choice()
    {
        JobAssembly assembly = Load($"namespace A {{ {Job("Two")} {Job("One")} }}");

        Fails("Mine.dll has 2 jobs: choose one with --class: A.One, A.Two.", () => assembly.Create(null));
        Fails("Mine.dll has no class 'Three'. There are: A.One, A.Two.", () => assembly.Create("Three"));
    }

    [Fact]
    public void An_ambiguous_short_name_is_refused()
    {
        JobAssembly assembly = Load($"namespace A {{ {Job("One")} }} namespace B {{ {Job("One")} }}");

        Fails("Mine.dll has 2 jobs 'One'; give the full name: A.One, B.One.", () => assembly.Create("One"));
    }

    [Fact]
    public void A_class_that_is_not_a_job_has_another_error_than_a_missing_one()
    {
        JobAssembly assembly = Load($"{Job("One")} public sealed class Helper {{ }}");

        Fails(
            "The class 'Helper' in Mine.dll is not a job: it must implement IStreamJob and be neither abstract nor generic. There are: One.",
            () => assembly.Create("Helper"));
    }

    [Fact]
    public void An_assembly_without_a_job_says_what_makes_one() => Fails(
        "Mine.dll has no job: none of its classes implements IStreamJob (and is neither abstract nor generic).",
        () =>
            Load(
                "public abstract class Base : IStreamJob { public string Name => \"\"; "
                + "public abstract void Define(StreamBuilder job); }").Create(null));

    [Fact]
    public void A_constructor_with_parameters_is_refused_with_a_hint_to_settings() => Fails(
        "The job One in Mine.dll has no constructor without parameters. Values from outside are settings (StreamBuilder.Settings).",
        () =>
            Load(
                "public sealed class One(int count) : IStreamJob { public string Name => count.ToString(); "
                + "public void Define(StreamBuilder job) { } }").Create(null));

    [Fact]
    public void A_constructor_that_throws_is_reported_with_its_exception() => Fails(
        "The job One in Mine.dll cannot be created: its constructor throws InvalidOperationException: not today",
        () =>
            Load(
                "public sealed class One : IStreamJob { public One() => throw new InvalidOperationException(\"not today\"); "
                + "public string Name => \"\"; public void Define(StreamBuilder job) { } }").Create(null));

    [Fact]
    public void Two_assemblies_with_the_same_name_are_independent()
    {
        JobAssembly first = Load(Job("One"));
        string other = Path.Combine(Folder, "other");
        JobAssembly second = JobAssembly.Load(new UserAssembly(other, "Mine", Job("Two")).Write());

        Assert.Equal(("One", "Two"), (first.Create(null).Name, second.Create(null).Name));
    }

    private static string Job(string name) => string.Format(null, Empty, name);

    private static void Fails(string message, Action action) => Assert.Equal(message, Assert.Throws<JobAssemblyException>(action).Message);

    private JobAssembly Load(string source) => JobAssembly.Load(new UserAssembly(Folder, "Mine", source).Write());
}
