using System.IO.Compression;
using Microsoft.Playwright;

namespace QueryStream.Browser.Tests;

/// <summary>The page that submits jobs.</summary>
public sealed class SubmitTests
{
    private const string File = "input[type=file]";

    [BrowserFact]
    public async Task An_uploaded_job_is_submitted_after_what_is_wrong_was_shown_where_it_is()
    {
        await using UiCluster cluster = await UiCluster.StartAsync();
        await using BrowserPage browser = await BrowserPage.OpenAsync(cluster.Cluster.Coordinator);
        IPage page = browser.Page;
        await browser.GoAsync("/ui/");
        await page.ClickAsync(".nav >> text=Submit new job");
        await page.SetInputFilesAsync(File, NumberingJob.Write(cluster.FolderOf("upload")));
        await browser.ShowsAsync("[aria-label=Uploads] tbody", "Numbering.dll");
        await browser.ShowsAsync(".form select", "NumberingJob");

        await page.FillAsync("textarea >> nth=1", "execution.checkpointing.intervall=10s");
        await page.FillAsync("textarea >> nth=0", $"rows=100 keys=x folder={cluster.FolderOf("numbers")}");
        await browser.ShowsAsync("#settings-problem", "execution.checkpointing.interval");
        await browser.CheckAsync("submit-wrong");
        string checkpoints = cluster.FolderOf("new");
        await page.FillAsync("textarea >> nth=1", $"execution.checkpointing.dir=file://{checkpoints}\nexecution.checkpointing.interval=1s");
        await page.ClickAsync("text='Submit'");
        await browser.ShowsAsync("#arguments-problem", "Setting 'keys'");
        await browser.ResizeAsync(390);
        await browser.CheckAsync("submit-wrong");
        await browser.ResizeAsync(1280);

        await page.FillAsync("textarea >> nth=0", $"rows=100 keys=3 folder={cluster.FolderOf("numbers")}");
        await page.FillAsync("text=Parallelism", "40000");
        await page.ClickAsync("text='Submit'");
        await browser.ShowsAsync("#parallelism-problem", "40000 is not allowed");
        await page.FillAsync("text=Parallelism", "1");
        await page.FillAsync("text=Savepoint or checkpoint", "file:///none");
        await page.ClickAsync("text='Submit'");
        await browser.ShowsAsync("#savepoint-problem", "none");
        await page.FillAsync("text=Savepoint or checkpoint", "");
        await page.FillAsync("label >> text=Name", "Numbers of a page");
        await page.ClickAsync("text='Submit'");
        await page.WaitForURLAsync("**/ui/jobs/*");
        await browser.ShowsAsync("h1", "Numbers of a page");
        await browser.ShowsAsync(".job-head .pill", "FINISHED");
        Assert.Equal(100, NumberingJob.Written(cluster.FolderOf("numbers")).Length);

        await page.ClickAsync(".nav >> text=Submit new job");
        await page.ClickAsync("[aria-label='Delete: Numbering.dll']");
        await browser.ShowsAsync("[role=dialog]", "Jobs that run from it go on");
        await page.ClickAsync("[role=dialog] >> text='Delete'");
        await browser.ShowsAsync("main", "Nothing is uploaded");
        Assert.Empty(browser.Faults);
    }

    [BrowserFact]
    public async Task A_zip_that_is_no_job_and_a_file_of_another_kind_are_refused_with_the_reason()
    {
        await using UiCluster cluster = await UiCluster.StartAsync();
        await using BrowserPage browser = await BrowserPage.OpenAsync(cluster.Cluster.Coordinator);
        await browser.GoAsync("/ui/submit");

        // The script takes the field over after the first sample that is shown live.
        await browser.LiveAsync();
        string zip = cluster.FolderOf("no-job.zip");
        await using (ZipArchive archive = await ZipFile.OpenAsync(zip, ZipArchiveMode.Create))
        {
            await using Stream entry = await archive.CreateEntry("readme.txt").OpenAsync();
            entry.WriteByte(1);
        }

        await browser.Page.SetInputFilesAsync(File, zip);
        await browser.ShowsAsync("#upload-problem", "has a job: none of their classes implements IStreamJob");
        await browser.Page.SetInputFilesAsync(File, new FilePayload { Name = "job.jar", MimeType = "application/zip", Buffer = [1] });
        await browser.ShowsAsync("#upload-problem", "Only .dll and .zip files are allowed, and the name is 'job.jar'");
        Assert.Empty(browser.Faults);
    }
}
