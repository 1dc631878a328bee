using System.Text;
using QueryStream.Blobs.Bundles;
using QueryStream.Core.Errors;

namespace QueryStream.Blobs.Tests;

/// <summary>The list of a job's files.</summary>
public sealed class JobBundleTests
{
    private static readonly ContentHash Hash = ContentHash.Of("content"u8);

    [Fact]
    public void A_list_is_the_same_text_whatever_the_order_of_its_files()
    {
        BundleFile job = new("Thống kê.dll", Hash, 7);
        BundleFile native = new("runtimes/linux-x64/native/libmodel.so", ContentHash.Of(""u8), 0);

        JobBundle one = JobBundle.Create("Thống kê.dll", [job, native]);
        JobBundle other = JobBundle.Create("Thống kê.dll", [native, job]);

        Assert.Equal(one.Hash, other.Hash);
        Assert.Equal(
            $"""
            querystream-bundle 1
            main Thống kê.dll
            {Hash} 7 Thống kê.dll
            {ContentHash.Of(""u8)} 0 runtimes/linux-x64/native/libmodel.so

            """,
            Encoding.UTF8.GetString(one.Bytes.Span));
        JobBundle parsed = JobBundle.Parse(one.Bytes.Span);
        Assert.Equal((one.Hash, one.Main, 7), (parsed.Hash, parsed.Main, parsed.TotalLength));
        Assert.Equal(one.Files, parsed.Files);
    }

    [Theory]
    [InlineData("../evil.dll")]
    [InlineData("/etc/cron.d/evil")]
    [InlineData("a/../../evil.dll")]
    [InlineData("a/./b.dll")]
    [InlineData("a//b.dll")]
    [InlineData("a\\..\\b.dll")]
    [InlineData("C:evil.dll")]
    [InlineData("..")]
    [InlineData("")]
    [InlineData("a/")]
    [InlineData("a\0.dll")]
    [InlineData("a\r.dll")]
    [InlineData(" a.dll")]
    [InlineData("a.dll.")]
    [InlineData("NUL.dll")]
    [InlineData("a/com1/b.dll")]
    [InlineData("a*.dll")]
    [InlineData("e\u0301.dll")]
    public void A_name_that_could_leave_the_folder_or_mean_another_file_is_refused(string name)
    {
        byte[] bytes = Encoding.UTF8.GetBytes($"querystream-bundle 1\nmain Job.dll\n{Hash} 7 Job.dll\n{Hash} 7 {name}\n");

        BlobException error = Assert.Throws<BlobException>(() => JobBundle.Parse(bytes));
        Assert.StartsWith("The list of a job's files cannot be used: ", error.Message, StringComparison.Ordinal);
        Assert.Throws<BlobException>(() => JobBundle.Create("Job.dll", [new("Job.dll", Hash, 7), new(name, Hash, 7)]));
    }

    [Theory]
    [InlineData("", "it must begin")]
    [InlineData("querystream-bundle 2\nmain Job.dll\n{0} 7 Job.dll\n", "it must begin")]
    [InlineData("querystream-bundle 1\nmain Job.dll\n{0} 7 Job.dll", "end with a line break")]
    [InlineData("querystream-bundle 1\nmain Other.dll\n{0} 7 Job.dll\n", "its main assembly 'Other.dll' is not one of its files")]
    [InlineData("querystream-bundle 1\nmain a/Job.dll\n{0} 7 a/Job.dll\n", "its main assembly")]
    [InlineData("querystream-bundle 1\nmain Job.dll\n{0} -7 Job.dll\n", "is not 'HASH LENGTH NAME'")]
    [InlineData("querystream-bundle 1\nmain Job.dll\n{0} 07 Job.dll\n", "canonical")]
    [InlineData("querystream-bundle 1\nmain Job.dll\n{0} 7 Job.dll\n{0} 7 A.dll\n", "canonical")]
    [InlineData("querystream-bundle 1\nmain Job.dll\n{0} 7 Job.dll\n{0} 7 job.DLL\n", "appears twice")]
    [InlineData("querystream-bundle 1\nmain Job.dll\n{0} 7 Job.dll\n{0} 7 a\n{0} 7 a/b\n", "a folder of 'a/b' is a file too")]
    [InlineData("querystream-bundle 1\nmain Job.dll\nabc 7 Job.dll\n", "is not 'HASH LENGTH NAME'")]
    public void A_list_that_is_malformed_or_not_canonical_is_refused(string text, string problem)
    {
        string list = text.Replace("{0}", Hash.ToString(), StringComparison.Ordinal);

        BlobException error = Assert.Throws<BlobException>(() => JobBundle.Parse(Encoding.UTF8.GetBytes(list)));

        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_bytes_crash_the_reader()
    {
        Random random = new(1);
        byte[] sound = JobBundle.Create("Job.dll", [new("Job.dll", Hash, 7)]).Bytes.ToArray();
        for (int i = 0; i < 2_000; i++)
        {
            byte[] bytes = [.. sound];
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            try
            {
                Assert.Equal(bytes, JobBundle.Parse(bytes).Bytes.ToArray());
            }
            catch (BlobException)
            {
                // Refused.
            }
        }
    }
}
